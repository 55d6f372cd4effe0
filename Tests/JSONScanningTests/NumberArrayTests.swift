import JSONScanning
import Testing

@Suite(.timeLimit(.minutes(5))) struct NumberArrayTests {
    private func bytes(_ text: String) throws(JSONScanError) -> NumberArray<UInt8> {
        let document = Array(text.utf8)
        return try NumberArray<UInt8>(document, in: 0..<document.count)
    }

    private func doubles(_ text: String) throws(JSONScanError) -> NumberArray<Double> {
        let document = Array(text.utf8)
        return try NumberArray<Double>(document, in: 0..<document.count)
    }

    @Test(
        "numbers and shape of an array",
        arguments: [
            ("[]", [0], []), ("[0]", [1], [0]), ("[255]", [1], [255]),
            ("[1,2,3]", [3], [1, 2, 3]), ("[[1,2],[3,4],[5,6]]", [3, 2], [1, 2, 3, 4, 5, 6]),
            ("[[[7]]]", [1, 1, 1], [7]), ("[[],[]]", [2, 0], []),
            (" [ [ 1 , 20 ] , [ 255 , 0 ] ] ", [2, 2], [1, 20, 255, 0]),
            ("[\n1,\t2,\r\n 3]", [3], [1, 2, 3]), ("[1.0,2.00,3e0,1e2]", [4], [1, 2, 3, 100]),
            ("[-0,-0.0,0,-0e5]", [4], [0, 0, 0, 0]),
            ("[1,2,3,-0,5,6,7]", [7], [1, 2, 3, 0, 5, 6, 7]),
            (
                "[0, 10, 200, 3, 40, 250, 6, 70, 80, 9]", [10],
                [0, 10, 200, 3, 40, 250, 6, 70, 80, 9]
            ),
        ] as [(String, [Int], [UInt8])]
    )
    func valid(text: String, shape: [Int], elements: [UInt8]) throws {
        let array = try bytes(text)
        #expect(array.shape == shape)
        #expect(array.elements == elements)
    }

    @Test(
        "what is no array of bytes is refused, with its place",
        arguments: [
            ("", 0), ("7", 0), ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1),
            ("[1,,2]", 3), ("[1 2]", 3), ("[1]]", 3), ("[1],", 3), ("[256]", 1), ("[1,999]", 3),
            ("[1000]", 1), ("[-1]", 1), ("[-00]", 1), ("[+1]", 1), ("[01]", 1), ("[00]", 1),
            ("[1,007,3]", 3), ("[1.5]", 1), ("[1.]", 1), ("[.5]", 1), ("[1e]", 1), ("[1e400]", 1),
            ("[NaN]", 1), ("[Infinity]", 1), ("[null]", 1), ("[true]", 1), ("[\"1\"]", 1),
            ("[{}]", 1), ("[0x1]", 2), ("[1_0]", 2), ("[1;2]", 2), ("[[1,2],[3]]", 9),
            ("[[1],[2,3]]", 9), ("[[1],2]", 5), ("[1,[2]]", 3), ("[[[1]],[2]]", 8),
            ("[[],[1]]", 6), ("[[1],[]]", 6), ("[٥]", 1), ("[1\u{0}]", 2), ("[1\u{B},2]", 2),
            ("[99999999999999999999]", 1), ("[1, 2, 3, 4, 5, 6, 7, 8,]", 24),
            ("[1, 2, 3, 4, 5, 6, 7, 8, ]", 25), ("[1, 2, 3, 300, 5, 6, 7, 8]", 10),
            ("[1, 2, 3, 4a, 5, 6, 7, 8]", 11),
        ]
    )
    func malformed(text: String, position: Int) {
        #expect {
            try bytes(text)
        } throws: { error in
            (error as? JSONScanError)?.position == position
        }
    }

    @Test(
        "what is JSON and no array of bytes is placed by its indices",
        arguments: [
            ("[256]", "/0"), ("[1,12.5]", "/1"), ("[[1,2],[3,null]]", "/1/1"),
            ("[[[0]],[[1]],[[\"a\"]]]", "/2/0/0"), ("[-1]", "/0"), ("[1e400]", "/0"),
            ("[ 0 , true ]", "/1"), ("[0,{\"a\":[1,2,{}]}]", "/1"), ("[[1,2],[3]]", "/1"),
            ("[[1],[2,3]]", "/1"), ("[[1],2]", "/1"), ("[1,[2]]", "/1"), ("[[[1]],[2]]", "/1/0"),
            ("[[],[1]]", "/1"), ("[[1],[]]", "/1"), ("[0,\"]\",256,{}]", "/1"), ("7", ""),
            ("[1,2,3,4,5,6,7,8,9,10,300,12]", "/10"), ("[99999999999999999999,1]", "/0"),
            ("[[1, 2, 3], [4, 5, 6], [7, 8, 900]]", "/2/2"), ("[0,{}]", "/1"), ("[0,{},[]]", "/1"),
        ]
    )
    func places(text: String, pointer: String) {
        #expect {
            try bytes(text)
        } throws: { error in
            (error as? JSONScanError)?.pointer == pointer
        }
    }

    @Test(
        "a text that is no JSON has no such place, whatever stands before the fault",
        arguments: [
            ("[256,]", 5), ("[256", 4), ("[null,nul]", 6), ("[\"a\" 1]", 5),
            ("[{\"a\":1},{a:1}]", 10),
            ("[{\"a\" 1}]", 6), ("[{\"a\":}]", 6), ("[[1],2}", 6), ("[\"\u{1}\"]", 2),
            ("[1.5] 1", 6),
            ("[{\"a\":1]", 7), ("[{,}]", 2), ("[-]", 1), ("[256,01]", 5),
        ]
    )
    func noJSON(text: String, position: Int) {
        #expect {
            try bytes(text)
        } throws: { error in
            guard let error = error as? JSONScanError else { return false }
            return error.pointer == nil && error.position == position
        }
    }

    @Test("lists however deep are placed where the limit is passed, without a deep stack")
    func deepPlaces() {
        var limits = JSONLimits()
        limits.depth = 4
        let text = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)
        let document = Array("[\(text),1]".utf8)
        #expect {
            try NumberArray<UInt8>(document, in: 0..<document.count, limits: limits)
        } throws: { error in
            guard let error = error as? JSONScanError else { return false }
            return error.pointer == "/0/0/0/0" && error.reason == .tooDeep(limit: 4)
        }
    }

    @Test("an error says where, what was expected and what is there")
    func messages() {
        for (text, message) in [
            ("[1,256,2]", "byte 3: expected an integer 0...255, got 256"),
            ("[1,-5]", "byte 3: expected an integer 0...255, got -5"),
            ("[[1,2],[3]]", "byte 9: array has 1 elements, expected 2 as in the others beside it"),
            ("[1,2", "byte 4: expected \",\" or \"]\", got the end"),
            ("[\"a\"]", "byte 1: expected an integer 0...255, got \"a\""),
            ("[1]x", "byte 3: expected nothing after the array, got x"),
        ] {
            do {
                _ = try bytes(text)
                Issue.record("\(text) was read")
            } catch {
                #expect(error.description == message)
            }
        }
    }

    @Test("every byte in every form, at every distance from the end")
    func exhaustive() throws {
        for value in 0...255 {
            for padding in 0..<12 {
                let rest = String(repeating: ",7", count: padding)
                let array = try bytes("[\(value)\(rest)]")
                #expect(array.elements.first == UInt8(value) && array.elements.count == padding + 1)
            }
        }
        for value in 256...1_100 {
            #expect(throws: JSONScanError.self) { try bytes("[\(value),1,2,3,4]") }
            #expect(throws: JSONScanError.self) { try bytes("[\(value)]") }
        }
    }

    @Test("a stack of frames, with and without blanks, is what the plain way reads")
    func frames() throws {
        var state: UInt64 = 1
        var pixels: [UInt8] = []
        for _ in 0..<84 * 84 * 4 {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            pixels.append(UInt8(truncatingIfNeeded: state >> 40))
        }
        for separator in [",", ", ", " ,\n "] {
            let rows = stride(from: 0, to: pixels.count, by: 4).map { start in
                "[" + pixels[start..<start + 4].map(String.init).joined(separator: separator) + "]"
            }
            let lines = stride(from: 0, to: rows.count, by: 84).map { start in
                "[" + rows[start..<start + 84].joined(separator: separator) + "]"
            }
            let array = try bytes("[" + lines.joined(separator: separator) + "]")
            #expect(array.shape == [84, 84, 4])
            #expect(array.elements == pixels)
        }
    }

    @Test("numbers are rounded as the C library rounds them")
    func rounding() throws {
        let texts = [
            "0.1", "-0.0", "1e22", "1e23", "123456789012345678", "9007199254740993", "4.35",
            "2.2250738585072011e-308", "1.7976931348623157e308", "5e-324", "0.30000000000000004",
            "1e-400", "100000000000000000000000", "3.4028234663852886e38", "16777217", "0.46274510",
            "8.589973e9", "1.00000017881393432617187499", "33554434.5", "0e999999999999", "1E+2",
            "7.038531e-26", "1.17549435e-38",
        ]
        let all = "[" + texts.joined(separator: ",") + "]"
        let document = Array(all.utf8)
        let doubles = try NumberArray<Double>(document, in: 0..<document.count).elements
        #expect(doubles.map(\.bitPattern) == texts.map { Double($0)?.bitPattern })
        for text in texts {
            let document = Array("[\(text)]".utf8)
            let float = try? NumberArray<Float>(document, in: 0..<document.count).elements[0]
            let expected = Float(text).flatMap { $0.isFinite ? $0 : nil }
            #expect(float?.bitPattern == expected?.bitPattern, "\(text)")
        }
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let float = Float(bitPattern: UInt32(state >> 32) & 0x7F7F_FFFF)
            let text = float.description
            let document = Array("[\(text)]".utf8)
            #expect(try NumberArray<Float>(document, in: 0..<document.count).elements == [float])
            let double = Double(bitPattern: state & 0x7FEF_FFFF_FFFF_FFFF)
            #expect(try self.doubles("[\(double)]").elements == [double])
        }
    }

    @Test("integers keep all 64 bits")
    func integers() throws {
        let document = Array("[9223372036854775807,-9223372036854775808,0,2.0,5e3,-0]".utf8)
        let array = try NumberArray<Int64>(document, in: 0..<document.count)
        #expect(array.elements == [.max, .min, 0, 2, 5_000, 0])
        for text in ["[9223372036854775808]", "[-9223372036854775809]", "[0.5]", "[--0]"] {
            let document = Array(text.utf8)
            #expect(throws: JSONScanError.self) {
                try NumberArray<Int64>(document, in: 0..<document.count)
            }
        }
    }

    @Test("depth, count and length of numbers are limited")
    func limits() throws {
        var limits = JSONLimits()
        (limits.depth, limits.count, limits.numberBytes) = (3, 4, 10)
        for (text, isValid) in [
            ("[[[1]]]", true), ("[[[[1]]]]", false), ("[1,2,3,4]", true), ("[1,2,3,4,5]", false),
            ("[[1,2],[3,4]]", true), ("[[1,2],[3,4],[5,6]]", false),
            ("[1.00000000]", true), ("[1.000000000]", false),
        ] {
            let document = Array(text.utf8)
            let array = try? NumberArray<UInt8>(document, in: 0..<document.count, limits: limits)
            #expect((array != nil) == isValid, "\(text)")
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONScanError.self) { try bytes(deep) }
        #expect(throws: JSONScanError.self) {
            try bytes("[" + String(repeating: "1", count: 1_000_000) + "]")
        }
    }

    @Test("a range of a document is read as it stands there")
    func range() throws {
        let document = Array("{\"states\":[1,2,300]}".utf8)
        #expect {
            try NumberArray<UInt8>(document, in: 10..<19)
        } throws: { error in
            (error as? JSONScanError)?.position == 15
        }
    }
}
