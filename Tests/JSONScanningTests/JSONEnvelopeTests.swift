import Foundation
import JSONScanning
import Testing

@Suite(.timeLimit(.minutes(5))) struct JSONEnvelopeTests {
    private func envelope(
        _ text: String,
        cutting patterns: [String] = []
    ) throws(JSONScanError) -> JSONEnvelope {
        try JSONEnvelope(Array(text.utf8), cutting: patterns)
    }

    @Test(
        "arrays are cut out where the patterns say",
        arguments: [
            ("{\"states\":[1,2]}", "/states", "{\"states\":null}", ["/states"]),
            (
                "{\"a\":1,\"states\":[[1],[2]],\"b\":[3]}", "/states",
                "{\"a\":1,\"states\":null,\"b\":[3]}", ["/states"]
            ),
            ("{\"states\":{\"b64\":\"x\"}}", "/states", "{\"states\":{\"b64\":\"x\"}}", []),
            (
                "{\"inputs\":[{\"data\":[1]},{\"data\":[2],\"shape\":[1]}]}", "/inputs/*/data",
                "{\"inputs\":[{\"data\":null},{\"data\":null,\"shape\":[1]}]}",
                ["/inputs/0/data", "/inputs/1/data"]
            ),
            ("[1,2]", "", "null", [""]), ("{\"a/b\":[1]}", "/x", "{\"a/b\":[1]}", []),
            ("{\"st\\u0061tes\":[1]}", "/states", "{\"st\\u0061tes\":null}", ["/states"]),
            ("{\"states\":[\"]\",[\"\\\"]\"]]}", "/states", "{\"states\":null}", ["/states"]),
            (
                "{\"inputs\":{\"0\":{\"data\":[1]}}}", "/inputs/*/data",
                "{\"inputs\":{\"0\":{\"data\":[1]}}}", []
            ),
        ]
    )
    func cuts(text: String, pattern: String, remainder: String, pointers: [String]) throws {
        let patterns = pattern.isEmpty && pointers.isEmpty ? [] : [pattern]
        let envelope = try envelope(text, cutting: patterns)
        #expect(String(decoding: envelope.remainder, as: UTF8.self) == remainder)
        #expect(envelope.cuts.map(\.pointer) == pointers)
        for cut in envelope.cuts {
            let bytes = Array(text.utf8)[cut.range]
            #expect(bytes.first == UInt8(ascii: "[") && bytes.last == UInt8(ascii: "]"))
            #expect(envelope[cut.pointer] == cut.range)
        }
    }

    @Test(
        "a document that is no JSON is refused, with the place",
        arguments: [
            ("", 0), (" ", 1), ("{", 1), ("{}x", 2), ("\u{FEFF}{}", 0), ("{\"a\":1,}", 7),
            ("[1,]", 3), ("[,]", 1), ("{\"a\" 1}", 5), ("{a:1}", 1), ("{'a':1}", 1),
            ("{\"a\":}", 5),
            ("{1:2}", 1), ("[1 2]", 3), ("nul", 0), ("nulL", 0), ("True", 0), ("NaN", 0),
            ("Infinity", 0), ("-", 0), ("01", 0), ("1.", 0), (".1", 0), ("1e", 0), ("+1", 0),
            ("1e400", 0), ("-1e400", 0), ("0x1", 1), ("\"a", 2), ("\"\u{1}\"", 1),
            ("\"\\x\"", 1), ("\"\\u12\"", 1), ("\"\\ud800\"", 1), ("\"\\udc00\"", 1),
            ("\"\\ud800\\u0041\"", 1), ("\"\\", 1), ("{\"a\":1,\"a\":2}", 7),
            ("{\"a\":1,\"\\u0061\":2}", 7), ("{\"b\":{\"a\":1,\"a\":2}}", 12), ("// x\n1", 0),
            ("{\"states\":[1,2}", 10), ("[1]]", 3), ("\"a\"\"b\"", 3),
        ]
    )
    func malformed(text: String, position: Int) {
        #expect {
            try envelope(text, cutting: ["/states"])
        } throws: { error in
            (error as? JSONScanError)?.position == position
        }
    }

    @Test("a key is quoted by its beginning alone")
    func longKey() {
        let key = String(repeating: "k", count: 100_000)
        #expect {
            try envelope("{\"\(key)\":1,\"\(key)\":2}")
        } throws: { error in
            "\(error)".hasSuffix("key \"\(key.prefix(64))…\" is given twice")
        }
    }

    @Test("bytes that are no UTF-8 are refused")
    func invalidUTF8() {
        for bytes in [
            [0xFF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80],
            [0xC3], [0xE2, 0x82], [0xC3, 0x28],
        ] as [[UInt8]] {
            #expect(throws: JSONScanError.self) {
                try JSONEnvelope([0x22] + bytes + [0x22], cutting: [])
            }
        }
    }

    @Test(
        "what is JSON is taken, and Foundation reads what is left",
        arguments: [
            "{}", "[]", "null", "-0", "1e-400", "0.5E+3", "\"\\ud83d\\ude00\"", "\"é€😀\"",
            " \t\r\n{ \"a\" : [ true , false , null ] } ", "{\"a\":{\"b\":[{},[]]},\"c\":\"\\\"\"}",
            "\"\\u0000\"", "{\"\":1}",
        ]
    )
    func valid(text: String) throws {
        let remainder = try envelope(text).remainder
        #expect(remainder == Array(text.utf8))
        _ = try JSONSerialization.jsonObject(with: Data(remainder), options: .fragmentsAllowed)
    }

    @Test("nesting is limited, whatever it is made of")
    func depth() throws {
        for (opening, closing) in [("[", "]"), ("{\"a\":", "}")] {
            func nested(_ depth: Int) -> String {
                String(repeating: opening, count: depth) + "1"
                    + String(repeating: closing, count: depth)
            }
            _ = try envelope(nested(64))
            #expect(throws: JSONScanError.self) { try envelope(nested(65)) }
            #expect(throws: JSONScanError.self) { try envelope(nested(100_000)) }
        }
        let document = Array("{\"states\":\(String(repeating: "[", count: 250_000))".utf8)
        #expect(throws: JSONScanError.self) { try JSONEnvelope(document, cutting: ["/states"]) }
    }

    @Test("brackets are counted right however they lie in memory")
    func skipping() throws {
        for shift in 0..<9 {
            for inner in [
                "[]", "[[]]", "[[[[[[[[1]]]]]]]]", "[[],[],[],[]]", "[12345678]", "[[1],[2]]",
            ] {
                let text = "{\"\(String(repeating: "k", count: shift))\":0,\"states\":\(inner)}"
                let envelope = try envelope(text, cutting: ["/states"])
                let range = try #require(envelope["/states"])
                #expect(String(decoding: Array(text.utf8)[range], as: UTF8.self) == inner)
            }
        }
    }
}
