import JSONFields
import Testing

@Suite(.timeLimit(.minutes(5))) struct JSONValueTests {
    @Test("text is read and written back")
    func roundTrip() throws {
        let text = #"{"a":[1,2.5,"x",null,true],"b":{"c":-9007199254740993}}"#
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(value == ["a": [1, 2.5, "x", nil, true], "b": ["c": -9_007_199_254_740_993]])
        #expect(value.description == text)
    }

    @Test("numbers that JSON has no word for are written as null")
    func notFinite() {
        #expect(JSONValue.array([.number(.nan), .number(.infinity)]).description == "[null,null]")
    }

    @Test("single-precision numbers are written in their own few digits")
    func single() {
        #expect(JSONValue.single(0.00025).description == "0.00025")
    }

    @Test(
        "what is no JSON is refused with its place",
        arguments: [
            ("", "0: expected a value, got the end"),
            ("{", "1: expected a name in quotes, got the end"),
            ("[1,]", "3: expected a value, got ']'"),
            ("{\"a\":}", "5: expected a value, got '}'"),
            ("{\"a\":1,}", "7: expected a name in quotes, got '}'"),
            ("nul", "0: expected a value, got 'n'"),
            ("NaN", "0: expected a value, got 'N'"),
            ("-Infinity", "1: expected a digit, got 'I'"),
            ("[1 2]", "3: expected ',' or ']', got '2'"),
            ("01", "1: expected nothing more, got '1'"),
            ("1.", "2: expected a digit, got the end"),
            (".5", "0: expected a value, got '.'"),
            ("+1", "0: expected a value, got '+'"),
            ("1e400", "0: the number 1e400 is too large"),
            ("0x10", "1: expected nothing more, got 'x'"),
            ("{\"a\":1,\"a\":2}", "7: the name \"a\" stands twice"),
            ("\"\\ud800\"", "1: half of a surrogate pair"),
            ("\"\\ud800\\u0041\"", "1: half of a surrogate pair"),
            ("\"\\x\"", "1: an unknown escape"),
            ("\"a\nb\"", "2: a control character must be escaped, got byte 10"),
            ("\"abc", "4: expected '\"' at the end of a string, got the end"),
            ("\u{feff}1", "0: expected a value, got byte 239"),
            ("{1:2}", "1: expected a name in quotes, got '1'"),
            ("/**/1", "0: expected a value, got '/'"),
        ]
    )
    func syntax(text: String, fault: String) {
        let error = #expect(throws: JSONSyntaxError.self) {
            _ = try JSONValue(parsing: Array(text.utf8))
        }
        #expect(error?.description == "not valid JSON at byte \(fault)")
    }

    @Test("bytes that are not UTF-8 are refused")
    func notUnicode() {
        #expect(throws: JSONSyntaxError(reason: "a string that is not UTF-8", offset: 0)) {
            _ = try JSONValue(parsing: [0x22, 0xc0, 0xae, 0x22])
        }
    }

    @Test("nesting stops at a hundred, however deep the text goes")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: depth)
                + Array(repeating: UInt8(ascii: "]"), count: depth)
        }
        _ = try JSONValue(parsing: nested(100))
        for depth in [101, 100_000] {
            #expect(throws: JSONSyntaxError(reason: "nested deeper than 100", offset: 100)) {
                _ = try JSONValue(parsing: nested(depth))
            }
        }
    }

    @Test("escapes are read, and written where they must be")
    func escapes() throws {
        let text = #""\u00e9\ud83d\ude00\/\\\"\n\u0001""#
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(value == .string("é😀/\\\"\n\u{1}"))
        #expect(value.description == #""é😀/\\\"\n\u0001""#)
    }

    @Test("whole numbers stay whole, whatever their size or spelling")
    func numbers() throws {
        for (text, value) in [
            ("-0", 0), ("9223372036854775807", .integer(.max)), ("1e3", 1000.0),
            ("9223372036854775808", 9_223_372_036_854_775_808.0), ("-1.5E-2", -0.015),
        ] as [(String, JSONValue)] {
            #expect(try JSONValue(parsing: Array(text.utf8)) == value)
        }
        #expect(JSONValue.number(12).description == "12")
        #expect(JSONValue.number(1e-7).description == "1e-07")
    }
}
