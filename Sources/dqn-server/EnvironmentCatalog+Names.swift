import Environments

extension EnvironmentCatalog {
    /// What is wrong with the name of an environment, with the names there are; nil where there is
    /// one of that name.
    func fault(ofName name: String) -> String? {
        do throws(EnvironmentError) {
            try check(name)
            return nil
        } catch .unknownEnvironment(_, nearest: nil) {
            let names = entries.map(\.specification.id)
                .filter { !$0.contains("/") }
            return "there is no environment \"\(name)\", expected one of "
                + names.joined(separator: ", ")
                + ", an Atari game, such as atari/breakout, or one of Gymnasium's, such as "
                + "gymnasium/CartPole-v1"
        } catch {
            return "\(error)"
        }
    }
}
