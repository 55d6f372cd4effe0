internal import JSONFields

/// The options of an environment with a value for each that has a default, all of them allowed.
struct ResolvedOptions: Equatable, Sendable {
    let values: EnvironmentOptions

    /// Takes what is given, fills in the rest, and throws all faults at once.
    init(
        _ given: EnvironmentOptions,
        for environment: String,
        from options: [EnvironmentOption]
    ) throws(EnvironmentError) {
        var values: EnvironmentOptions = [:]
        var faults: [OptionFault] = []
        for option in options {
            guard let value = given[option.name] else {
                values[option.name] = option.defaultValue
                continue
            }
            do throws(OptionFault) {
                values[option.name] = try option.accept(value)
            } catch {
                faults.append(error)
            }
        }
        let names = options.map(\.name)
        for name in given.keys.sorted() where !names.contains(name) {
            let hint = nearestName(to: name, among: names).map { "; did you mean \"\($0)\"?" }
            faults.append(
                OptionFault(option: name, message: "is not an option of it" + (hint ?? ""))
            )
        }
        guard faults.isEmpty else { throw .invalidOptions(environment, faults) }
        self.values = values
    }

    func boolean(_ name: String) -> Bool {
        guard case .boolean(let value) = values[name] else { undeclared(name) }
        return value
    }

    func integer(_ name: String) -> Int {
        guard case .integer(let value) = values[name] else { undeclared(name) }
        return value
    }

    func number(_ name: String) -> Double {
        guard case .number(let value) = values[name] else { undeclared(name) }
        return value
    }

    func text(_ name: String) -> String {
        guard case .text(let value) = values[name] else { undeclared(name) }
        return value
    }

    private func undeclared(_ name: String) -> Never {
        preconditionFailure("no option \(name) of this kind was declared")
    }
}
