import Environments
import Frames
import RandomNumbers
import Testing

/// Observations that come in JSON or as bytes.
@Suite(.timeLimit(.minutes(5))) struct ObservationReaderTests {
    private func endpoint(
        _ observation: String,
        encodings: String = "[]",
        _ reset: FakeEndpoint.Reply,
        _ steps: FakeEndpoint.Reply...
    ) throws -> FakeEndpoint {
        try FakeEndpoint { request, index in
            switch request.line {
            case "GET /spec":
                .json(
                    #"{"protocol":1,"observation":\#(observation),"actions":2,"encodings":\#(encodings)}"#
                )
            case "POST /reset": reset
            case "POST /step": steps[index - 3]
            default: .json("{}")
            }
        }
    }

    @Test("numbers come nested, flat or as bytes in base64")
    func json() throws {
        for text in ["[[1,2,3],[4,5,255]]", "[1,2,3,4,5,255]", #"{"b64":"AQIDBAX/"}"#] {
            let endpoint = try endpoint(
                #"{"shape":[2,3],"scalar":"uint8"}"#,
                .json(#"{"observation":\#(text)}"#)
            )
            defer { endpoint.stop() }
            var environment = try endpoint.makeEnvironment()
            #expect(try environment.begin().frame == [1, 2, 3, 4, 5, 255])
            #expect(
                environment.rendered()
                    == Frame(height: 2, width: 3, channels: 1, bytes: [1, 2, 3, 4, 5, 255])
            )
        }
    }

    @Test(
        "numbers that are no bytes, and lists of another shape, are refused",
        arguments: [
            (
                "[[1,2,3],[4,5,256]]",
                "has 256 as number 5, expected a whole number 0...255 for uint8"
            ),
            ("[[1,2,3],[4,5,-1]]", "has -1 as number 5"),
            ("[[1,2,3],[4,5,0.5]]", "has 0.5 as number 5"),
            ("[[1,2],[3,4],[5,6]]", "has the shape [3, 2] or is ragged, expected the shape [2, 3]"),
            ("[[1,2,3],[4,5]]", "has the shape [2, 3] or is ragged"),
            ("[1,2,3,4,5,[6]]", "has a list in place of number 5"),
            ("[1,2,3]", "has the shape [3] or is ragged"), ("[]", "has the shape [0]"),
        ]
    )
    func wrong(text: String, sentence: String) throws {
        let endpoint = try endpoint(
            #"{"shape":[2,3],"scalar":"uint8"}"#,
            .json(#"{"observation":\#(text)}"#)
        )
        defer { endpoint.stop() }
        var environment = try endpoint.makeEnvironment()
        let error = #expect(throws: EnvironmentError.self) { _ = try environment.begin() }
        #expect(
            error?.description.contains("/reset answered with an observation that \(sentence)")
                == true
        )
    }

    @Test("an endpoint that can is asked for bytes")
    func binary() throws {
        let head: [UInt8] = [1, 0, 0, 0, 0, 0, 0x20, 0xc0, 2, 0, 0, 0]
        let numbers: [UInt8] = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xbf]
        let endpoint = try endpoint(
            #"{"shape":[2]}"#,
            encodings: #"["json","binary"]"#,
            .binary([UInt8](repeating: 0, count: 12) + numbers),
            .binary(head + numbers),
            .binary(head.dropLast() + [1] + numbers),
            .binary(Array(head.dropLast())),
            .binary(head + numbers.dropLast()),
            .binary(head + [0, 0, 0xc0, 0x7f] + numbers.dropLast(4))
        )
        defer { endpoint.stop() }
        var environment = try endpoint.makeEnvironment()
        #expect(try environment.begin().frame == numbers)
        let played = try environment.play(0)
        #expect(played.frame == numbers)
        #expect(played.step == TimeStep(reward: -2.5, episodeEnd: .truncated))
        for sentence in [
            "answered with the bytes [2, 0, 0, 1] after the reward, expected flags 0...3 and three",
            "answered with 11 bytes, expected 12 and the observation's",
            "answered to step_id 1, was asked for 4", "answered to step_id 1, was asked for 5",
        ] {
            let error = #expect(throws: EnvironmentError.self) { _ = try environment.play(0) }
            #expect(error?.description.contains(sentence) == true, "\(error as Any)")
        }
        let accepted = endpoint.requests.map {
            $0.fields.contains("Accept: application/octet-stream")
        }
        #expect(accepted == [false, false, true, true, true, true, true, true])
    }

    @Test("screens of colors and of gray levels become what Atari's do")
    func screens() throws {
        var generator = RandomGenerator(seed: 1)
        for channels in [1, 3] {
            let bytes = (0..<210 * 160 * channels).map { _ in UInt8(generator.integer(below: 256)) }
            let endpoint = try endpoint(
                #"{"shape":[210,160\#(channels == 3 ? ",3" : "")],"scalar":"uint8","preprocessing":"atari"}"#,
                encodings: #"["binary"]"#,
                .binary([UInt8](repeating: 0, count: 12) + bytes)
            )
            defer { endpoint.stop() }
            var environment = try endpoint.makeEnvironment()
            #expect(environment.specification.observation == .pixels)
            let frame = try environment.begin().frame
            let screen = Frame(height: 210, width: 160, channels: channels, bytes: bytes)
            let gray = screen.grayscale()
            var expected = [UInt8](repeating: 0, count: 84 * 84)
            var span = expected.mutableSpan
            let resize = AreaResize(
                from: .init(height: 210, width: 160),
                to: .init(height: 84, width: 84)
            )
            resize(gray.bytes.span, into: &span)
            #expect(frame == expected)
            #expect(environment.rendered() == screen)
        }
    }
}
