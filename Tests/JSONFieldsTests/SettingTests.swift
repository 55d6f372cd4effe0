import JSONFields
import Testing

@Suite(.timeLimit(.minutes(5))) struct SettingTests {
    @Test("a table reads what is given, leaves the rest, and writes every field in its order")
    func readingAndWriting() throws {
        var kettle = Kettle()
        var fields = FieldReader(["litres": 1.5, "mode": "slow", "lid": ["colour": 3]])
        kettle.read(&fields)
        try fields.finishOrThrow()
        #expect(kettle.litres == 1.5 && kettle.mode == .slow && kettle.lid.colour == 3)
        #expect(
            kettle.json.description == #"{"name":"kettle","litres":1.5,"mode":"slow","#
                + #""is_on":false,"seconds":60,"limit":null,"lid":{"type":"lid","colour":3}}"#
        )
        var copy = Kettle()
        var written = FieldReader(kettle.json)
        copy.read(&written)
        try written.finishOrThrow()
        #expect(copy == kettle)
    }

    @Test("of two fields that mean the same one is written, and both together are refused")
    func alternatives() {
        var kettle = Kettle()
        var fields = FieldReader(["minutes": 2])
        kettle.read(&fields)
        #expect(kettle.json.description.contains(#""minutes":2"#))
        #expect(!kettle.json.description.contains("seconds"))
        fields = FieldReader(["minutes": 2, "seconds": 1])
        kettle.read(&fields)
        fields.finish()
        #expect(fields.faults.map(\.description) == ["/seconds: cannot stand beside minutes"])
    }

    @Test("the schema has limits, meaning, unit, source, default, words and what is required")
    func schema() throws {
        var components = JSONObject()
        let reference = Kettle().group(named: "Kettle", "Boils.").addSchemas(to: &components)
        #expect(reference == ["$ref": "#/components/schemas/Kettle"])
        #expect(components.fields.map(\.name) == ["Lid", "Kettle"])
        #expect(
            components["Lid"]?.description
                == #"{"type":"object","description":"Covers.","required":["type","colour"],"#
                + #""additionalProperties":false,"properties":{"#
                + #""type":{"const":"lid","description":"A lid."},"#
                + #""colour":{"type":"integer","minimum":0,"maximum":9,"description":"Hue."}}}"#
        )
        // As it is read: a whole limit is written without a point.
        let text = try #require(components["Kettle"]).text
        guard case .object(let kettle) = try JSONValue(parsing: text),
            case .object(let properties) = kettle["properties"]
        else {
            Issue.record("no properties")
            return
        }
        #expect(kettle["required"] == nil)
        #expect(
            properties["litres"] == [
                "type": "number", "minimum": 0, "maximum": 2, "description": "Water in it.",
                "default": 1, "x-unit": "l", "x-source": "Table 1",
            ]
        )
        #expect(
            properties["mode"] == [
                "type": "string",
                "oneOf": [
                    ["const": "quick", "description": "Loud."],
                    ["const": "slow", "description": "Quiet."],
                ],
                "description": "How it boils.", "default": "quick",
            ]
        )
        #expect(
            properties["limit"] == [
                "type": ["number", "null"], "minimum": 0, "maximum": 100,
                "description": "Where it stops.", "default": nil,
            ]
        )
        #expect(
            properties["lid"] == [
                "$ref": "#/components/schemas/Lid", "description": "What covers it.",
                "default": ["type": "lid", "colour": 0],
            ]
        )
        #expect(properties["minutes"]?.description.contains("default") == false)
    }
}

private struct Kettle: Settings, Equatable {
    enum Mode: String, SettingChoice {
        case quick
        case slow

        var summary: String { self == .quick ? "Loud." : "Quiet." }
    }

    var name = "kettle"
    var litres: Float = 1
    var mode = Mode.quick
    var isOn = false
    var seconds: Int? = 60
    var minutes: Int?
    var limit: Double?
    var lid = Lid()

    /// The time in minutes, in place of seconds.
    var boiling: Int? {
        get { minutes }
        set { (minutes, seconds) = (newValue, nil) }
    }

    static let settings: [Setting<Kettle>] = [
        .text("name", \.name, limit: 20, "What it is called."),
        .number("litres", \.litres, in: 0...2, unit: "l", "Water in it.", source: "Table 1"),
        .choice("mode", \.mode, "How it boils."),
        .boolean("is_on", \.isOn, "Whether it is on."),
        .wholeNumber(
            "seconds",
            \.seconds,
            in: 1...900,
            unit: "s",
            notBeside: "minutes",
            "How long it boils."
        ),
        .wholeNumber("minutes", \.boiling, in: 1...15, unit: "min", "How long it boils."),
        .number("limit", \.limit, in: 0...100, "Where it stops."),
        Setting(
            .init("lid", .object(Lid().group(named: "Lid", "Covers.")), "What covers it.")
        ) { fields, kettle in
            var lid = kettle.lid
            fields.readObject("lid") { lid.read(&$0) }
            kettle.lid = lid
        } write: {
            $0.lid.json
        },
    ]
}

private struct Lid: Settings, Equatable {
    var colour = 0

    static let settings: [Setting<Lid>] = [
        .constant("type", "lid", "A lid."),
        .wholeNumber("colour", \.colour, in: 0...9, "Hue.").required,
    ]
}
