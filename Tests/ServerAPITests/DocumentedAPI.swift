import HTTPServing
import JSONFields
import ServerAPI

/// The OpenAPI document, to which every answer that a test gets is held.
struct DocumentedAPI {
    let document: JSONValue

    /// The document that the server answers with.
    static let written = DocumentedAPI(document: OpenAPIDocument.reread)

    /// What an answer has that the document does not promise; nil where there is nothing, or where
    /// the document is silent about the path, as it is about the page's files.
    func fault(of answer: APIUnderTest.Answer, to method: HTTPMethod, _ target: String) -> String? {
        let path = String(target.prefix { $0 != "?" })
        guard method != .options, let operations = operations(at: path) else { return nil }
        let name = method == .head ? "get" : method.name.lowercased()
        let operation = operations[name]
        guard operation != .null else {
            return answer.status == 405
                ? nil : "\(method.name) \(path) is not documented and gives \(answer.status)"
        }
        let response = resolved(operation["responses"]["\(answer.status)"])
        guard response != .null else {
            return "\(method.name) \(path) gives \(answer.status), which is not documented"
        }
        let types = names(response["content"])
        let type = answer.headers["content-type"]?.prefix { $0 != ";" }
        if types.isEmpty ? answer.body.isEmpty : type.map({ types.contains(String($0)) }) ?? false {
            let schema = response["content"]["application/json"]["schema"]
            guard type == "application/json", !answer.body.isEmpty else { return nil }
            guard let value = try? JSONValue(parsing: answer.body) else {
                return "\(method.name) \(path) gives \(answer.status) with no JSON"
            }
            return fault(of: value, against: schema)
                .map { "\(method.name) \(path) gives \(answer.status): \($0)" }
        }
        return "\(method.name) \(path) gives \(answer.status) as \(type ?? "nothing"), "
            + "documented is \(types)"
    }

    /// A schema, response or anything else, where it is only named in its place.
    func resolved(_ value: JSONValue) -> JSONValue {
        guard let reference = value["$ref"].string else { return value }
        return reference.dropFirst(2).split(separator: "/")
            .reduce(document) { $0[String($1)] }
    }

    func names(_ value: JSONValue) -> [String] {
        guard case .object(let object) = value else { return [] }
        return object.fields.map(\.name)
    }

    private func operations(at path: String) -> JSONValue? {
        let segments = path.split(separator: "/")
        let fitting = names(document["paths"]).filter { pattern in
            let parts = pattern.split(separator: "/")
            return parts.count == segments.count
                && zip(parts, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        // The server too prefers literal text to parameters.
        let best = fitting.min { $0.filter { $0 == "{" }.count < $1.filter { $0 == "{" }.count }
        return best.map { document["paths"][$0] }
    }
}

extension OpenAPIDocument {
    /// The document as its text is read.
    fileprivate static var reread: JSONValue {
        (try? JSONValue(parsing: value.text)) ?? .null
    }
}
