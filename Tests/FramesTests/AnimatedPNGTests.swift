import Frames
import Testing

@Suite(.timeLimit(.minutes(5))) struct AnimatedPNGTests {
    @Test("the film's frames, drawn one over the other, are the frames put in", arguments: [1, 3])
    func playsBack(channels: Int) throws {
        var noise = Noise(state: 4)
        var frames = [noise.frame(height: 6, width: 9, channels: channels)]
        // The same again, one pixel, a corner, everything.
        frames.append(frames[0])
        for (rows, columns) in [(2..<3, 4..<5), (0..<2, 6..<9), (5..<6, 0..<1), (0..<6, 0..<9)] {
            var next = frames[frames.count - 1]
            for row in rows {
                for column in columns {
                    let level = UInt8.random(in: 0...255, using: &noise)
                    next.fill(
                        rows: row..<row + 1,
                        columns: column..<column + 1,
                        with: channels == 1 ? .gray(level) : .rgb(level, 3, 255 - level)
                    )
                }
            }
            frames.append(next)
        }
        var film = AnimatedPNG(framesPerSecond: 15)
        for frame in frames {
            film.append(frame)
        }
        #expect(film.frameCount == frames.count)
        let file = film.encoded()
        let player = try Player(file)
        #expect(player.announcedFrames == frames.count)
        #expect(player.delays.allSatisfy { $0 == [0, 1, 0, 15] })
        #expect(player.pictures == frames)
        #expect(try Frame(png: file.span) == frames[0], "the still picture is the first frame")
    }

    @Test("what does not change takes no room")
    func onlyChanges() {
        var noise = Noise(state: 5)
        let frame = noise.frame(height: 100, width: 100, channels: 3)
        var film = AnimatedPNG(framesPerSecond: 15)
        film.append(frame)
        let first = film.encoded().count
        for _ in 0..<10 {
            film.append(frame)
        }
        #expect(film.encoded().count < first + 10 * 150)
    }
}

/// Plays an animated PNG as PNG Third Edition §11.3.4 says, by reading each frame as a PNG.
private struct Player {
    var announcedFrames = 0
    var delays: [[UInt8]] = []
    var pictures: [Frame] = []

    init(_ file: [UInt8]) throws {
        var header: [UInt8] = []
        var control: [UInt8] = []
        var sequence = 0
        var position = 8
        while position < file.count {
            let length = number(file[position..<position + 4])
            let kind = String(decoding: file[position + 4..<position + 8], as: UTF8.self)
            let content = Array(file[position + 8..<position + 8 + length])
            position += 12 + length
            switch kind {
            case "IHDR": header = content
            case "acTL": announcedFrames = number(content[0..<4])
            case "fcTL":
                #expect(number(content[0..<4]) == sequence)
                sequence += 1
                control = content
                delays.append(Array(content[20..<24]))
            case "IDAT": try draw(control, header, content)
            case "fdAT":
                #expect(number(content[0..<4]) == sequence)
                sequence += 1
                try draw(control, header, Array(content[4...]))
            default: break
            }
        }
    }

    private mutating func draw(_ control: [UInt8], _ header: [UInt8], _ pixels: [UInt8]) throws {
        let size = Array(control[4..<12])
        let still =
            [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
            + chunk("IHDR", size + header[8...]) + chunk("IDAT", pixels) + chunk("IEND", [])
        let part = try Frame(png: still.span)
        var picture = pictures.last ?? part
        let left = number(control[12..<16])
        let top = number(control[16..<20])
        for row in 0..<part.height {
            for column in 0..<part.width {
                let pixel = Array(part[row, column])
                picture.fill(
                    rows: top + row..<top + row + 1,
                    columns: left + column..<left + column + 1,
                    with: pixel.count == 1 ? .gray(pixel[0]) : .rgb(pixel[0], pixel[1], pixel[2])
                )
            }
        }
        pictures.append(picture)
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    private func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        let named = Array(kind.utf8) + content
        return bigEndian(content.count) + named + bigEndian(checksum(named))
    }

    private func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// CRC-32 bit by bit.
    private func checksum(_ bytes: [UInt8]) -> Int {
        var value: UInt32 = .max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 {
                value = value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1
            }
        }
        return Int(~value)
    }
}
