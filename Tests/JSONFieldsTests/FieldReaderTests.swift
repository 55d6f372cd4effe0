import JSONFields
import Testing

@Suite(.timeLimit(.minutes(5))) struct FieldReaderTests {
    enum Colour: String, CaseIterable {
        case red
        case blue
    }

    @Test("fields that are given are read, the others keep their values")
    func reading() throws {
        var reader = FieldReader(["a": 3, "b": 2.5, "c": "blue", "d": true, "e": "x", "f": 1e3])
        var (a, b, c, d, e, f, g) = (0, Float(0), Colour.red, false, "", 0, 7)
        reader.read("a", in: 0...5, into: &a)
        reader.read("b", in: 0...5, into: &b)
        reader.read("c", into: &c)
        reader.read("d", into: &d)
        reader.read("e", into: &e)
        reader.read("f", in: 0...5000, into: &f)
        reader.read("g", in: 0...9, into: &g)
        try reader.finishOrThrow()
        #expect(a == 3 && b == 2.5 && c == .blue && d && e == "x" && f == 1000 && g == 7)
    }

    @Test("all faults are noted together, with place, value and what would be right")
    func faults() {
        var reader = FieldReader(
            ["batch_size": 0, "rate": "fast", "colour": "green", "on": 1, "batchsize": 3],
            at: "/hyperparameters"
        )
        var (size, rate, colour, isOn) = (32, 0.1, Colour.red, false)
        reader.read("batch_size", in: 1...4096, into: &size)
        reader.read("rate", in: 0...1, into: &rate)
        reader.read("colour", into: &colour)
        reader.read("on", into: &isOn)
        #expect(throws: FieldFaults.self) { try reader.finishOrThrow() }
        reader.finish()
        #expect(
            reader.faults.map(\.description) == [
                "/hyperparameters/batch_size: must be a whole number 1...4096, got 0",
                #"/hyperparameters/rate: must be a number 0.0...1.0, got "fast""#,
                #"/hyperparameters/colour: must be one of "red", "blue", got "green""#,
                "/hyperparameters/on: must be true or false, got 1",
                #"/hyperparameters/batchsize: unknown field; did you mean "batch_size"?"#,
            ]
        )
        #expect(size == 32 && rate == 0.1 && colour == .red && !isOn)
    }

    @Test("objects and lists of objects carry their place")
    func nesting() {
        var reader = FieldReader(["inner": ["x": 9], "list": [["x": 1], ["x": 9], 4], "other": 1])
        var (x, xs) = (0, [Int]())
        reader.readObject("inner") { $0.read("x", in: 0...5, into: &x) }
        reader.readObjects("list", limit: 3) { element in
            var value = 0
            element.read("x", in: 0...5, into: &value)
            xs.append(value)
        }
        reader.readObject("other") { _ in }
        #expect(
            reader.faults.map(\.description) == [
                "/inner/x: must be a whole number 0...5, got 9",
                "/list/1/x: must be a whole number 0...5, got 9",
                "/list/2: must be an object, got a number",
                "/other: must be an object, got a number",
            ]
        )
        #expect(xs == [1, 0])
    }

    @Test("a name far from all known ones gets no suggestion")
    func nearest() {
        #expect(
            nearestName(to: "learning_rat", among: ["learning_rate", "loss"]) == "learning_rate"
        )
        #expect(nearestName(to: "zzzzzz", among: ["learning_rate", "loss"]) == nil)
        #expect(nearestName(to: "atari/brakout", among: ["atari/breakout"]) == "atari/breakout")
    }

    @Test("of many faults the first are kept and all are counted, wherever they are")
    func manyFaults() {
        var object = JSONObject()
        for index in 0..<15 { object["unknown\(index)"] = 1 }
        var reader = FieldReader(["list": [.object(object), .object(object)], "other": 1])
        reader.readObjects("list", limit: 2) { _ in }
        #expect(throws: FieldFaults.self) { try reader.finishOrThrow() }
        reader.finish()
        #expect(reader.found.count == 31 && reader.faults.count == 20)
        #expect(reader.faults[19].pointer == "/list/1/unknown4")
        #expect(reader.found.description.hasSuffix("/list/1/unknown4: unknown field\nand 11 more"))
    }

    @Test("names and values are quoted by their beginnings, whatever characters they are of")
    func longQuotations() {
        // One character of 10,001 Unicode scalars.
        let letter = "e" + String(repeating: "\u{301}", count: 10_000)
        let long = String(repeating: "/", count: 100_000)
        let values: [JSONValue] = [
            .string(letter), .string(long), .array(Array(repeating: 1, count: 5000)),
            .array([.string(long)]), .object(["a": .string(long)]), .array([.string(letter)]),
        ]
        for name in ["k", letter, long] {
            for value in values {
                var object = JSONObject()
                object[name] = value
                var reader = FieldReader(.object(object))
                var number = 0
                reader.read(name, in: 0...5, into: &number)
                #expect(reader.faults.count == 1)
                #expect(reader.faults.allSatisfy { $0.description.utf8.count < 400 })
            }
        }
        #expect("abcdef".shortened(to: 3) == "abc…" && "abc".shortened(to: 3) == "abc")
    }
}
