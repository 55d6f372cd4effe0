import Foundation
import Frames
import Testing

@Suite(.timeLimit(.minutes(5))) struct PNGTests {
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
                let level = UInt8(17 * ((row + 2 * column) % 16))
                // Colour 0 of the palette is red, of luminance 76. That it is transparent, and half
                // of `rgba` too, does not count.
                let isRed = name == "palette_transparent" && level == 0
                #expect(frame[row, column] == [isRed ? 76 : level], "row \(row), column \(column)")
            }
        }
    }

    /// A file of one kind, and the pixels that OpenCV and Pillow read; see make_kinds.py.
    struct Kind: Decodable {
        let name: String
        let png: Data
        let height: Int
        let width: Int
        let channels: Int
        let pixels: Data
    }

    @Test("stored samples are read, whatever the kind of file and what it says of colours")
    func storedSamples() throws {
        let json = Data(try Fixture.bytes("PNG/kinds.json"))
        let kinds = try JSONDecoder().decode([Kind].self, from: json)
        // 15 combinations of colour type and depth, interlaced or not, and more.
        try #require(kinds.count > 70)
        for kind in kinds {
            let file = [UInt8](kind.png)
            let expected = Frame(
                height: kind.height,
                width: kind.width,
                channels: kind.channels,
                bytes: [UInt8](kind.pixels)
            )
            #expect(try Frame(png: file.span) == expected, "\(kind.name)")
            #expect(try Frame(png: file.span, as: .gray) == expected.grayscale(), "\(kind.name)")
            let header = try PNGHeader(file.span)
            #expect(header.height == kind.height && header.width == kind.width)
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

    @Test(
        "a chunk that says it is longer than the file is refused before memory is set aside",
        arguments: ["tEXt", "zTXt", "iTXt", "pCAL", "sCAL", "sPLT", "iCCP", "abCd", "PLTE", "IDAT"]
    )
    func longChunk(name: String) throws {
        let file = Frame(height: 84, width: 336, filledWith: .gray(1)).png()
        for length in [13, 1 << 30, Int(UInt32.max)] {
            let chunk = Self.chunk(name, length: length)
            let short = Array(file[..<33]) + chunk + file.suffix(12)
            #expect(short.count == 57)
            #expect(
                throws: FrameError.unreadable(
                    reason: "chunk \(name) at byte 33 says it has \(length) bytes, 12 are left"
                )
            ) { _ = try Frame(png: short.span) }
        }
    }

    @Test("what is said in texts, profiles and unknown chunks is passed over, however it is packed")
    func ancillaryChunks() throws {
        let frame = Frame(height: 2, width: 3, filledWith: .gray(7))
        let file = frame.png()
        for name in ["tEXt", "zTXt", "iCCP", "gAMA", "tRNS", "acTL", "abCd"] {
            // Its content and its checksum are never looked at.
            let chunk = Self.chunk(name, length: 40) + [UInt8](repeating: 0xff, count: 40)
            let longer = Array(file[..<33]) + chunk + file[33...] + [1, 2, 3]
            #expect(try Frame(png: longer.span) == frame, "\(name)")
        }
    }

    @Test("chunks out of place, and critical ones that are none of PNG's, are refused")
    func criticalChunks() throws {
        let file = Frame(height: 2, width: 3, filledWith: .gray(7)).png()
        let (head, header, rest) = (file[..<8], file[8..<33], file[33...])
        let unknown = Self.chunk("CgBI", length: 0)[...]
        let strange = Self.chunk("A\u{1}b!", length: 0)[...]
        let cases: [([ArraySlice<UInt8>], String)] = [
            ([head, unknown, header, rest], "its first chunk is not IHDR"),
            ([head, rest], "its first chunk is not IHDR"),
            ([head, header, unknown, rest], "critical chunk CgBI at byte 33 is none of PNG's"),
            ([head, header, strange, rest], "critical chunk of bytes [65, 1, 98, 33] at byte 33"),
            ([head, header, header, rest], "IHDR"),
            ([file[..<(file.count - 12)]], "before its chunk IEND"),
            ([file[..<20]], "signature and header"),
        ]
        for (parts, reason) in cases {
            let file = parts.flatMap { Array($0) }
            let error = #expect(throws: FrameError.self) { _ = try Frame(png: file.span) }
            #expect("\(error, default: "")".contains(reason))
        }
    }

    @Test("colour types and depths that PNG does not know, and sides of 0, are refused")
    func impossibleHeaders() throws {
        let file = Frame(height: 2, width: 3, filledWith: .gray(7)).png()
        for (depth, colour) in [(0, 0), (3, 0), (16, 3), (4, 2), (8, 1), (8, 5), (8, 255)] {
            var other = file
            (other[24], other[25]) = (UInt8(depth), UInt8(colour))
            let reason = "there is no PNG of colour type \(colour) with \(depth) bits a sample"
            #expect(throws: FrameError.unreadable(reason: reason)) {
                _ = try PNGHeader(other.span)
            }
        }
        for side in [16, 20] {
            var other = file
            other.replaceSubrange(side..<side + 4, with: [0, 0, 0, 0])
            #expect(throws: FrameError.self) { _ = try PNGHeader(other.span) }
            other[side] = 0x80
            #expect(throws: FrameError.self) { _ = try PNGHeader(other.span) }
        }
    }

    /// The beginning and the end of a chunk: its length, its name and a checksum that is wrong.
    private static func chunk(_ name: String, length: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + name.utf8
            + [0, 0, 0, 0]
    }

    @Test("what is no PNG is refused with the reason")
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
        for length in 0..<file.count {
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
