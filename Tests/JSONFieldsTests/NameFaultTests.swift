import JSONFields
import Testing

@Suite(.timeLimit(.minutes(5))) struct NameFaultTests {
    @Test("a name's length is counted in scalars, however few characters they look like")
    func length() {
        #expect(nameFault("e", limit: 1) == nil)
        #expect(nameFault(String(repeating: "é", count: 200), limit: 200) == nil)
        #expect(nameFault("名前 🎮", limit: 4) == nil)
        #expect(
            nameFault("a" + String(repeating: "\u{301}", count: 300_000), limit: 200)
                == "must be a string of at most 200 characters, got a string of 300001 characters"
        )
        #expect(nameFault("", limit: 200) == "must not be empty")
    }

    @Test(
        "control characters are refused with their place",
        arguments: [
            ("\u{0}", "U+0000"), ("\n", "U+000A"), ("\u{1b}", "U+001B"), ("\u{7f}", "U+007F"),
            ("\u{80}", "U+0080"), ("\u{9f}", "U+009F"), ("\u{202a}", "U+202A"),
            ("\u{202e}", "U+202E"), ("\u{2066}", "U+2066"), ("\u{2069}", "U+2069"),
        ]
    )
    func controls(character: String, name: String) {
        #expect(
            nameFault("ab\(character)c", limit: 9)
                == "must not contain control characters, got \(name) as character 3"
        )
    }

    @Test(
        "what stands beside the control characters is taken",
        arguments: [" ", "~", "\u{a0}", "\u{2029}", "\u{202f}", "\u{2065}", "\u{206a}"]
    )
    func neighbours(character: String) {
        #expect(nameFault("a\(character)b", limit: 3) == nil)
    }

    @Test("what is quoted is short and shows its control characters")
    func excerpt() {
        #expect("cartpole".excerpt == "cartpole")
        #expect("a\u{202e}b\u{0}".excerpt == #"a\u{202E}b\u{0000}"#)
        let long = "a" + String(repeating: "\u{301}", count: 300_000)
        #expect(long.excerpt.unicodeScalars.count == 81 && long.excerpt.hasSuffix("…"))
    }

    @Test("fields that are names are held to it, and no message repeats what is too long")
    func fields() {
        let long = String(repeating: "x", count: 100_000)
        var reader = FieldReader([
            "name": "", "list": .array(Array(repeating: "y", count: 50_000)), "a\u{202e}": 1,
            "options": ["word": .string(long)], "count": .string(long),
        ])
        var (name, count, numbers) = ("kept", 3, [Int]())
        reader.read("name", limit: 9, into: &name)
        reader.read("list", in: 0...9, limit: 4, into: &numbers)
        reader.read("count", in: 0...9, into: &count)
        reader.readNames("options") { _, _ in nil }
        reader.finish()
        #expect(
            reader.faults.map(\.description) == [
                "/name: must not be empty",
                "/list: must be a list of at most 4 whole numbers, got a list of 50000 elements",
                "/count: must be a whole number 0...9, got a string of 100000 characters",
                "/options/word: must be a string of at most 256 characters, "
                    + "got a string of 100000 characters",
                #"/a\u{202E}: unknown field"#,
            ]
        )
        #expect(name == "kept" && count == 3)
    }

    @Test("what this program once wrote down is taken as it is")
    func stored() throws {
        var reader = FieldReader(["name": "", "inner": ["name": "a\u{0}"]], isStored: true)
        var (outer, inner) = ("x", "x")
        reader.read("name", limit: 9, into: &outer)
        reader.readObject("inner") { $0.read("name", limit: 9, into: &inner) }
        try reader.finishOrThrow()
        #expect(outer.isEmpty && inner == "a\u{0}")
    }

    @Test("an unknown name of any length suggests no other")
    func longNames() {
        let long = String(repeating: "x", count: 100_000)
        #expect(nearestName(to: long, among: ["learning_rate", "loss"]) == nil)
    }
}
