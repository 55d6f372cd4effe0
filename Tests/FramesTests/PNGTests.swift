import Frames
import Testing

@Suite struct PNGTests {
    @Test("what is written is read again to the bit", arguments: [1, 3])
    func roundTrip(channels: Int) throws {
        var noise = Noise(state: 1)
        for (height, width) in [(1, 1), (1, 7), (84, 84), (84, 336), (210, 160)] {
            let frame = noise.frame(height: height, width: width, channels: channels)
            let file = frame.png()
            #expect(try Frame(png: file.span) == frame)
        }
    }

    @Test("colours are read as gray by our own luminance, gray levels as three equal colours")
    func otherKind() throws {
        var noise = Noise(state: 2)
        let coloured = noise.frame(height: 9, width: 11, channels: 3)
        let file = coloured.png()
        #expect(try Frame(png: file.span, as: .gray) == coloured.grayscale())
        let gray = coloured.grayscale()
        let grayFile = gray.png()
        let asColours = try Frame(png: grayFile.span, as: .rgb)
        #expect(asColours.channels == 3)
        #expect(asColours.bytes == gray.bytes.flatMap { [$0, $0, $0] })
    }

    @Test(
        "files of every kind show the same picture",
        arguments: ["gray_4", "gray_16", "interlaced", "rgba", "palette_transparent"]
    )
    func kinds(name: String) throws {
        let file = try Fixture.bytes("PNG/\(name).png")
        let frame = try Frame(png: file.span, as: .gray)
        #expect(frame.height == 8 && frame.width == 8)
        for row in 0..<8 {
            for column in 0..<8 {
                // Half of `rgba` is transparent, and so is colour 0 of the palette: black.
                let isTransparent = name == "rgba" && row < 4
                let level = isTransparent ? 0 : UInt8(17 * ((row + 2 * column) % 16))
                #expect(frame[row, column] == [level], "row \(row), column \(column)")
            }
        }
    }

    @Test("a coloured file keeps its colours")
    func colours() throws {
        let file = try Fixture.bytes("PNG/rgb.png")
        let frame = try Frame(png: file.span)
        #expect(frame.channels == 3)
        #expect(frame[1, 2] == [85, 170, 7])
    }

    @Test("a header with more pixels than allowed is refused before memory is set aside")
    func tooLarge() throws {
        let enormous = try Fixture.bytes("PNG/enormous.png")
        #expect(
            throws: FrameError.tooLarge(height: 100_000, width: 100_000, pixelLimit: 1 << 24)
        ) {
            _ = try Frame(png: enormous.span)
        }
        let file = Frame(height: 10, width: 11, filledWith: .gray(3)).png()
        #expect(throws: FrameError.tooLarge(height: 10, width: 11, pixelLimit: 109)) {
            _ = try Frame(png: file.span, pixelLimit: 109)
        }
        _ = try Frame(png: file.span, pixelLimit: 110)
    }

    @Test("more image data than the pixels can need is refused before it is unpacked")
    func tooMuchData() throws {
        var noise = Noise(state: 3)
        let frame = noise.frame(height: 84, width: 336, channels: 1)
        let file = frame.png()
        let rows = 84 * 337
        for (length, isRefused) in [(4_000, false), (rows / 16 + 4_097, true), (1 << 18, true)] {
            // Behind the header; what libpng says of the data itself comes later.
            let size = (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
            let chunk = size + "IDAT".utf8 + [UInt8](repeating: 0, count: length + 4)
            let longer = Array(file[..<33] + chunk + file[33...])
            let error = #expect(throws: FrameError.self) { _ = try Frame(png: longer.span) }
            #expect("\(error, default: "")".contains("84×336 pixels can need") == isRefused)
        }
    }

    @Test("what is no PNG is refused with libpng's reason")
    func unreadable() throws {
        let files = [
            [], [UInt8](repeating: 0, count: 100), Array("GIF89a, say".utf8),
            try Fixture.bytes("PNG/no_columns.png"),
        ]
        for file in files {
            let error = #expect(throws: FrameError.self) { _ = try Frame(png: file.span) }
            guard case .unreadable(let reason) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test("a file cut short anywhere is refused", arguments: ["rgb", "interlaced", "gray_16"])
    func truncated(name: String) throws {
        let file = try Fixture.bytes("PNG/\(name).png")
        // The end marker (12 bytes) and the pixels' checksum (4) may be missing: all is known then.
        for length in 0..<file.count - 16 {
            let part = Array(file[..<length])
            #expect(throws: FrameError.self) { _ = try Frame(png: part.span) }
        }
    }

    @Test("a pixel checksum that is wrong is an error")
    func wrongChecksum() throws {
        var file = try Fixture.bytes("PNG/rgb.png")
        file[file.count - 13] ^= 1
        #expect(throws: FrameError.self) { _ = try Frame(png: file.span) }
    }

    @Test("no changed byte or noise makes more than an error", arguments: 0..<7)
    func corrupted(kind: Int) throws {
        let names = [
            "rgb", "interlaced", "gray_16", "gray_4", "rgba", "palette_transparent", "enormous",
        ]
        let original = try Fixture.bytes("PNG/\(names[kind]).png")
        var noise = Noise(state: UInt64(kind))
        var refused = 0
        for position in original.indices {
            for _ in 0..<4 {
                var file = original
                file[position] = .random(in: 0...255, using: &noise)
                do {
                    let frame = try Frame(png: file.span, pixelLimit: 10_000)
                    #expect(frame.bytes.count == frame.height * frame.width * frame.channels)
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > original.count)
    }
}
