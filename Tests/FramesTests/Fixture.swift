import Foundation
import Frames

/// The files of Tests/Fixtures.
enum Fixture {
    static func bytes(_ path: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures")
        return [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    /// The pictures of a sheet that lies in rows of `columns`.
    static func sheet(_ path: String, height: Int, width: Int) throws -> [Frame] {
        let file = try bytes(path)
        let sheet = try Frame(png: file.span)
        var pictures: [Frame] = []
        for row in stride(from: 0, to: sheet.height, by: height) {
            for column in stride(from: 0, to: sheet.width, by: width) {
                pictures.append(
                    sheet.cropped(rows: row..<row + height, columns: column..<column + width)
                )
            }
        }
        return pictures
    }
}

extension Frame {
    /// The gray picture at another size.
    func resized(height: Int, width: Int) -> Frame {
        var pixels = [UInt8](repeating: 0, count: height * width)
        var result = pixels.mutableSpan
        let resize = AreaResize(
            from: .init(height: self.height, width: self.width),
            to: .init(height: height, width: width)
        )
        resize(bytes.span, into: &result)
        return Frame(height: height, width: width, channels: 1, bytes: pixels)
    }
}

/// The largest and the number of differences between two pictures, in levels.
func differences(_ first: Frame, _ second: Frame) -> (largest: Int, count: Int) {
    var largest = 0
    var count = 0
    for (one, other) in zip(first.bytes, second.bytes) where one != other {
        largest = max(largest, abs(Int(one) - Int(other)))
        count += 1
    }
    return (largest, count)
}

/// A small generator of the tests' own: SplitMix64.
struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func frame(height: Int, width: Int, channels: Int) -> Frame {
        Frame(
            height: height,
            width: width,
            channels: channels,
            bytes: (0..<height * width * channels).map { _ in .random(in: 0...255, using: &self) }
        )
    }
}
