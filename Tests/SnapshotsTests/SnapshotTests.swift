import Foundation
import Snapshots
import Testing

@Suite(.timeLimit(.minutes(5))) struct SnapshotTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        .path

    private struct Value: Codable, Equatable {
        var number: Double
        var missing: Int?
        var words: [String]
    }

    private func write() throws {
        let writer = SnapshotWriter()
        try writer.write("value", json: Value(number: 0.1, missing: nil, words: ["ä"]))
        try writer.write("floats", [1.5, -0.0, .infinity, .leastNonzeroMagnitude])
        try writer.begin("pieces", byteCount: 3_000_000)
        let piece = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for _ in 0..<2 { try writer.append(piece.span) }
        try writer.write("empty", [UInt8]())
        try writer.finish().write(to: path)
    }

    @Test("sections are read back as they were written, in their order")
    func roundTrip() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write()
        let reader = try SnapshotReader(path: path)
        #expect(
            try reader.value("value", as: Value.self)
                == Value(number: 0.1, missing: nil, words: ["ä"])
        )
        let floats = try reader.floats("floats")
        #expect(
            floats.map(\.bitPattern)
                == [1.5, -0.0, .infinity, .leastNonzeroMagnitude].map(\Float.bitPattern)
        )
        try reader.begin("pieces", byteCount: 3_000_000)
        var piece = [UInt8](repeating: 0, count: 1_500_000)
        for _ in 0..<2 {
            try reader.read(into: &piece)
            #expect(piece[1_000_003] == UInt8(truncatingIfNeeded: 1_000_003 * 7))
        }
        #expect(try reader.bytes("empty").isEmpty)
        #expect(!FileManager.default.fileExists(atPath: path + ".part"))
    }

    @Test("a section of another name or size is told")
    func mismatches() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write()
        #expect {
            _ = try SnapshotReader(path: path).bytes("floats")
        } throws: { error in
            (error as? SnapshotError)?.description.contains("\"value\" is in its place") == true
        }
        let reader = try SnapshotReader(path: path)
        _ = try reader.bytes("value")
        #expect(throws: SnapshotError.self) { try reader.begin("floats", byteCount: 15) }
    }

    @Test("a file that is cut, or has one bit flipped, is refused whole")
    func damage() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write()
        let whole = try Data(contentsOf: URL(filePath: path))
        for length in [0, 7, 8, 20, 1_000_000, whole.count - 1] {
            try whole.prefix(length).write(to: URL(filePath: path))
            #expect(throws: SnapshotError.self) { _ = try SnapshotReader(path: path) }
        }
        for byte in [0, 9, 40, 2_000_000, whole.count - 1] {
            var flipped = whole
            flipped[byte] ^= 16
            try flipped.write(to: URL(filePath: path))
            #expect(throws: SnapshotError.self) { _ = try SnapshotReader(path: path) }
        }
    }

    @Test("what cannot be written leaves nothing behind, and the file before it as it was")
    func unwritable() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write()
        let writer = SnapshotWriter()
        try writer.write("half", [UInt8](repeating: 1, count: 100))
        try FileManager.default.createDirectory(
            atPath: path + ".part",
            withIntermediateDirectories: true
        )
        #expect(throws: SnapshotError.self) { try writer.finish().write(to: path) }
        try FileManager.default.removeItem(atPath: path + ".part")
        #expect(throws: Never.self) { _ = try SnapshotReader(path: path).bytes("value") }
    }
}
