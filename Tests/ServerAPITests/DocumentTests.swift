import Environments
import HTTPServing
import JSONFields
import Testing
import Training

/// The document's limits are those that the server checks, and the other way round.
@Suite(.timeLimit(.minutes(5))) struct DocumentTests {
    private let api = DocumentedAPI.written
    private let environments = EnvironmentCatalog(python: nil)

    @Test("every number of a job has its documented limits, and no others")
    func numbers() throws {
        let schemas = api.document["components"]["schemas"]
        check(schemas["JobRequest"], under: [], in: Self.presets)
        check(schemas["EvaluationPlan"], under: ["evaluation"], in: Self.presets)
        for (schema, preset) in zip(schemas["Hyperparameters"]["anyOf"].elements, Self.presets) {
            check(api.resolved(schema), under: ["hyperparameters"], in: [preset])
        }
        for rule in schemas["Optimizer"]["anyOf"].elements.map(api.resolved) {
            let type = rule["properties"]["type"]["const"]
            check(
                rule,
                under: ["hyperparameters", "optimizer"],
                in: [["preset": "catch", "hyperparameters": ["optimizer": ["type": type]]]]
            )
        }
    }

    @Test("every property of every schema says what it means")
    func descriptions() {
        var count = 0
        func check(_ value: JSONValue, _ place: String) {
            for (index, element) in value.elements.enumerated() {
                check(element, "\(place)/\(index)")
            }
            for name in api.names(value) {
                check(value[name], "\(place)/\(name)")
            }
            let properties = value["properties"]
            // A property may itself be called so.
            for name in api.names(properties) where !place.hasSuffix("/properties") {
                #expect(properties[name]["description"].string != nil, "\(place)/\(name)")
                count += 1
            }
        }
        check(api.document, "")
        #expect(count > 200)
    }

    @Test("every number of a layer has its documented limits, and no others")
    func layers() throws {
        let layers = api.document["components"]["schemas"]["Layer"]["anyOf"].elements
        #expect(layers.count == 3)
        for layer in layers.map(api.resolved) {
            var complete: JSONObject = ["type": layer["properties"]["type"]["const"]]
            for name in layer["required"].elements.compactMap(\.string) where name != "type" {
                complete[name] = 1
            }
            for name in api.names(layer["properties"]) {
                check(layer["properties"][name], name) { value in
                    var layer = complete
                    layer[name] = value
                    return faults(
                        of: ["preset": "catch", "hyperparameters": ["network": [.object(layer)]]],
                        at: "/hyperparameters/network/0/\(name)"
                    )
                }
            }
        }
    }

    @Test("every text of a job has its documented length", arguments: ["name", "environment"])
    func texts(name: String) throws {
        let schema = api.document["components"]["schemas"]["JobRequest"]["properties"][name]
        let limit = try #require(schema["maxLength"].integer)
        #expect(schema["minLength"] == 1)
        func fault(_ count: Int) -> String? {
            faults(
                of: ["preset": "catch", name: .string(String(repeating: "é", count: count))],
                at: "/\(name)"
            ).first { $0.hasPrefix("must") }
        }
        #expect(fault(1) == nil && fault(limit) == nil)
        #expect(fault(0) == "must not be empty")
        #expect(fault(limit + 1)?.hasPrefix("must be a string of at most \(limit) ") == true)
    }

    @Test("every parameter has its documented limits")
    func parameters() async throws {
        try await withAPI(.inProcess) { server in
            let id = try await server.create(["preset": "routes"])
            try await server.waitForEnd(of: id)
            var count = 0
            for path in api.names(api.document["paths"]) {
                for parameter in api.document["paths"][path]["get"]["parameters"].elements
                where parameter["in"] == "query" {
                    let schema = api.resolved(parameter["schema"])
                    let target = path.replacing("{id}", with: id)
                    for value in wrongValues(schema) {
                        let name = try #require(parameter["name"].string)
                        let answer = try await server.get("\(target)?\(name)=\(value)")
                        #expect(answer.status == 400, "\(target)?\(name)=\(value)")
                        count += 1
                    }
                }
            }
            #expect(count > 20)
        }
    }

    @Test("a parameter that is unknown or given twice is refused on every path below /v1")
    func strangeParameters() async throws {
        try await withAPI(.inProcess) { server in
            let id = try await server.create(["preset": "routes"])
            try await server.waitForEnd(of: id)
            let checkpoint = try await server.get("/v1/jobs/\(id)/checkpoints").json["checkpoints"]
            let checkpointID = try #require(checkpoint[0]["id"].string)
            for path in api.names(api.document["paths"]) where path.hasPrefix("/v1/") {
                for method in [HTTPMethod.get, .post, .put, .delete]
                where api.document["paths"][path][method.name.lowercased()] != .null {
                    let isOfCheckpoint = path.hasPrefix("/v1/checkpoints/")
                    let target = path.replacing("{id}", with: isOfCheckpoint ? checkpointID : id)
                        .replacing("{name}", with: id).replacing("{version}", with: "1")
                        .replacing("{label}", with: "latest")
                    // What takes other parameters still takes others' places.
                    guard !target.contains("{") else { continue }
                    let answer = try await server.send(method, "\(target)?unheard=1&unheard=2")
                    let pointers = answer.json["details"].elements.map { $0["pointer"] }
                    #expect(answer.status == 400, "\(method.name) \(target) \(answer.text)")
                    #expect(pointers == ["?unheard", "?unheard"], "\(method.name) \(target)")
                }
            }
            // Nothing was done.
            #expect(try await server.get("/v1/jobs").json["jobs"].count == 1)
            #expect(try await server.get("/v1/checkpoints/\(checkpointID)").status == 200)
        }
    }

    private static let presets: [JSONValue] = [
        ["preset": "catch"], ["preset": "pqn"], ["preset": "routes"],
    ]

    /// Checks the numbers of a schema in every request where they are known.
    private func check(_ schema: JSONValue, under path: [String], in requests: [JSONValue]) {
        for name in api.names(schema["properties"]) {
            let place = path + [name]
            let pointer = "/" + place.joined(separator: "/")
            let fitting = requests.filter { request in
                !faults(of: request.setting(place, to: 1), at: pointer)
                    .contains { $0.hasPrefix("unknown field") }
            }
            #expect(!fitting.isEmpty, "\(pointer) is documented and not known")
            for request in fitting {
                check(schema["properties"][name], pointer) { value in
                    faults(of: request.setting(place, to: value), at: pointer)
                }
            }
        }
    }

    /// Checks that the values at both limits are taken, and those beyond are not.
    private func check(_ schema: JSONValue, _ name: String, _ faults: (JSONValue) -> [String]) {
        let types = schema["type"].string.map { [$0] } ?? schema["type"].elements.map(\.string)
        guard types.contains("integer") || types.contains("number") else { return }
        guard let minimum = schema["minimum"].double, let maximum = schema["maximum"].double
        else {
            Issue.record("\(name) has no limits in the document")
            return
        }
        for (value, isWithin) in [
            (minimum, true), (maximum, true), (minimum - 1, false), (maximum + 1, false),
        ] {
            let number = Int(exactly: value).map(JSONValue.integer) ?? .number(value)
            let isRefused = faults(number).contains { $0.contains("number \(schema["minimum"])") }
            #expect(isRefused == !isWithin, "\(name) \(value)")
        }
    }

    private func faults(of request: JSONValue, at pointer: String) -> [String] {
        do throws(FieldFaults) {
            _ = try JobSpecification(request: request, in: environments)
            return []
        } catch {
            return error.faults.filter { $0.pointer == pointer }.map(\.message)
        }
    }

    private func wrongValues(_ schema: JSONValue) -> [String] {
        var values = schema["minimum"].integer.map { ["\($0 - 1)"] } ?? []
        values += schema["maximum"].integer.map { [$0 == .max ? "\($0)0" : "\($0 + 1)"] } ?? []
        switch schema["type"].string {
        case "integer": values += ["", "x", "1.5", "1e2"]
        case "number": values += ["", "x", "nan", "0x10"]
        default: break
        }
        if schema["enum"].count > 0 || schema["pattern"].string != nil { values += ["", "x"] }
        return values
    }
}

extension JSONValue {
    /// The object with another value at a place that is given name by name.
    fileprivate func setting(_ path: [String], to value: JSONValue) -> JSONValue {
        guard let name = path.first else { return value }
        var object = JSONObject()
        if case .object(let present) = self { object = present }
        object[name] = (object[name] ?? .null).setting(Array(path.dropFirst()), to: value)
        return .object(object)
    }
}
