import JSONFields
import Testing

/// That the comparison of answers with their schemas finds what differs.
@Suite(.timeLimit(.minutes(5))) struct SchemaTests {
    private let api = DocumentedAPI(
        document: [
            "schemas": [
                "Point": [
                    "type": "object", "required": ["x"], "additionalProperties": false,
                    "properties": [
                        "x": ["type": "integer", "minimum": 0], "y": ["type": ["number", "null"]],
                        "kind": ["enum": ["a", "b"]],
                    ],
                ]
            ]
        ]
    )

    private func fault(_ value: JSONValue) -> String? {
        let schema: JSONValue = ["type": "array", "items": ["$ref": "#/schemas/Point"]]
        return api.fault(of: value, against: schema)
    }

    @Test("what fits a schema has no fault")
    func fitting() {
        let whole: JSONValue = ["x": 2, "y": 0.5, "kind": "b"]
        #expect(fault([]) == nil)
        #expect(fault([["x": 1], ["x": 2, "y": .null], whole]) == nil)
    }

    @Test("a wrong type, limit or word, a missing and an undocumented property are faults")
    func differing() {
        #expect(fault(3) == " is a number, documented is [\"array\"]")
        #expect(fault([["x": 1], [:]]) == "/1/x is missing")
        #expect(fault([["x": "1"]]) == "/0/x is a string, documented is [\"integer\"]")
        #expect(fault([["x": 0.5]]) == "/0/x is a number, documented is [\"integer\"]")
        #expect(fault([["x": -1]]) == "/0/x is -1.0, less than 0.0")
        #expect(fault([["x": 1, "kind": "c"]]) == "/0/kind is none of its words")
        #expect(fault([["x": 1, "z": 1]]) == "/0/z is not documented")
    }

    @Test("one of several schemas is enough, and of joined ones all must fit")
    func joined() {
        let either: JSONValue = ["oneOf": [["type": "null"], ["type": "string"]]]
        #expect(api.fault(of: .null, against: either) == nil)
        #expect(api.fault(of: "a", against: either) == nil)
        #expect(api.fault(of: 1, against: either) != nil)
        let both: JSONValue = ["allOf": [["required": ["a"]], ["required": ["b"]]]]
        #expect(api.fault(of: ["a": 1], against: both) == "/b is missing")
        #expect(api.fault(of: ["a": 1, "b": 1], against: both) == nil)
    }
}
