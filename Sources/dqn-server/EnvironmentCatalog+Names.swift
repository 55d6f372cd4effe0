import Environments

extension EnvironmentCatalog {
    /// What is wrong with the name of an environment, with the names there are; nil where there is
    /// one of that name.
    func fault(ofName name: String) -> String? {
        do throws(EnvironmentError) {
            _ = try specification(of: name)
            return nil
        } catch .unknownEnvironment(_, nearest: nil) {
            let names = entries.map(\.specification.id)
                .filter { !AtariPreprocessing.applies(to: $0) }
            return "there is no environment \"\(name)\", expected one of "
                + names.joined(separator: ", ")
                + " or an Atari game, such as atari/breakout"
        } catch .invalidOptions {
            // Those that it cannot be without are no part of its name.
            return nil
        } catch {
            return "\(error)"
        }
    }
}
