package import JSONFields
internal import Training

/// The description of the API: what is written by hand, with the schemas of all that is a table.
package enum OpenAPIDocument {
    /// The document, made once.
    package static let value: JSONValue = {
        // A resource of this target, which a test reads.
        guard case .object(var document)? = try? JSONValue(parsing: PackageResources.openapi_json),
            case .object(var components) = document["components"],
            case .object(var schemas) = components["schemas"]
        else { preconditionFailure("OpenAPI/openapi.json is no OpenAPI document") }
        JobSpecification.request.addSchemas(to: &schemas)
        describe("Job", as: "JobRequest", in: &schemas)
        components["schemas"] = .object(schemas)
        document["components"] = .object(components)
        return .object(document)
    }()

    /// The document as it is sent.
    static let text = value.text

    /// Gives each property of a schema without a description the one that another's has.
    private static func describe(_ name: String, as other: String, in schemas: inout JSONObject) {
        guard case .object(var schema) = schemas[name],
            case .object(var properties) = schema["properties"],
            case .object(let model) = schemas[other],
            case .object(let described) = model["properties"]
        else { return }
        for (name, value) in properties.fields {
            guard case .object(var property) = value, property["description"] == nil,
                case .object(let source) = described[name]
            else { continue }
            property["description"] = source["description"]
            properties[name] = .object(property)
        }
        schema["properties"] = .object(properties)
        schemas[name] = .object(schema)
    }
}
