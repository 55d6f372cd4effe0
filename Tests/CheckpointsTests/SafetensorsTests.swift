import Checkpoints
import Foundation
import NeuralNetworks
import Testing

@Suite(.timeLimit(.minutes(5))) struct SafetensorsTests {
    let file = SafetensorsFile(
        metadata: ["b": "2", "a": "ö\"x"],
        tensors: [
            NamedTensor(name: "w", shape: [2, 3], values: [1, -2, 0.5, .infinity, 1e-30, 0]),
            NamedTensor(name: "scalar", shape: [], values: [7]),
            NamedTensor(name: "none", shape: [0], values: []),
        ]
    )

    @Test("what is written is read back")
    func roundTrip() throws {
        #expect(try SafetensorsFile(file.bytes) == file)
    }

    @Test("the bytes are those of the format: length, header, data on a multiple of eight")
    func layout() {
        let small = SafetensorsFile(
            metadata: [:],
            tensors: [NamedTensor(name: "x", shape: [1], values: [1])]
        )
        let header = #"{"__metadata__":{},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let expected =
            [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(padded.utf8) + [
                0, 0, 0x80, 0x3f,
            ]
        #expect(small.bytes == expected)
    }

    @Test("a file cut anywhere is refused and never read beyond its end")
    func truncated() {
        let bytes = file.bytes
        for count in 0..<bytes.count {
            #expect(throws: CheckpointError.self) {
                _ = try SafetensorsFile(Array(bytes[..<count]))
            }
        }
        #expect(throws: CheckpointError.notSafetensors("1 bytes belong to no tensor")) {
            _ = try SafetensorsFile(bytes + [0])
        }
    }

    static let lyingHeaders: [(String, String)] = [
        ("[]", "the header must be an object, got a list"),
        ("{", "header: not valid JSON at byte 1: expected a name in quotes, got the end"),
        (
            #"{"x":{"dtype":"I64","shape":[1],"data_offsets":[0,4]}}"#,
            "tensor \"x\" has type I64, expected F32, F16, BF16 or F64"
        ),
        (
            #"{"x":{"dtype":"F16","shape":[1],"data_offsets":[0,4]}}"#,
            "tensor \"x\" of shape [1] lies at [0, 4]"
        ),
        (
            #"{"x":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"#
                + #""y":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}"#,
            "tensor \"y\" begins at byte 2, expected 4"
        ),
        (
            #"{"x":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#,
            "2 bytes belong to no tensor"
        ),
        (
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
                + #""x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            "header: not valid JSON at byte 54: the name \"x\" stands twice"
        ),
        (
            #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
            "tensor \"x\" of shape [2] lies at [0, 4]"
        ),
        (
            #"{"x":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}"#,
            "tensor \"x\" of shape [2147483647, 2147483647, 2147483647] lies at [0, 4]"
        ),
        (
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            "tensor \"x\": /data_offsets: must hold whole numbers 0...4, got 8"
        ),
        (
            #"{"x":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}"#,
            "tensor \"x\" begins at byte 4, expected 0"
        ),
        (#"{"x":{"dtype":"F32","shape":[1]}}"#, "tensor \"x\": /data_offsets: is missing"),
        (#"{"__metadata__":{"a":1}}"#, "metadata \"a\" must be a string, got a number"),
    ]

    @Test("a header that lies is refused with the reason", arguments: lyingHeaders)
    func lies(header: String, reason: String) {
        let bytes =
            [UInt8(truncatingIfNeeded: header.utf8.count), 0, 0, 0, 0, 0, 0, 0]
            + Array(header.utf8) + [0, 0, 0, 0]
        #expect(throws: CheckpointError.notSafetensors(reason)) { _ = try SafetensorsFile(bytes) }
    }

    @Test("a header longer than the file is refused before it is read")
    func longHeader() {
        #expect(throws: CheckpointError.self) {
            _ = try SafetensorsFile([UInt8](repeating: 255, count: 16))
        }
    }

    @Test(
        "other types become single precision without any change, as NumPy has it",
        arguments: ["half", "bfloat", "double"]
    )
    func otherTypes(name: String) throws {
        let read = try SafetensorsFile(Self.fixture(name))
        let expected = try SafetensorsFile(Self.fixture("\(name)_expected"))
        #expect(read.tensors.map(\.name).sorted() == ["matrix", "one", "spread"])
        for tensor in expected.tensors {
            let twin = try #require(read.tensors.first { $0.name == tensor.name })
            #expect(twin.shape == tensor.shape)
            // Bits, so that the signs of zeros count too.
            #expect(twin.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
        }
        #expect(read.tensors.contains { $0.values.count > 900 })
    }

    @Test("doubles that single precision does not have are refused")
    func inexactDoubles() throws {
        #expect(
            throws: CheckpointError.notSafetensors(
                "tensor \"x\" has type F64 and numbers that F32 cannot hold exactly; "
                    + "save tensor.float() instead"
            )
        ) {
            _ = try SafetensorsFile(Self.fixture("inexact"))
        }
    }

    @Test("empty tensors may lie between others, whatever their names")
    func emptyTensors() throws {
        let header =
            #"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"#
            + #""b":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},"#
            + #""c":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}"#
        let bytes =
            [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [
                0, 0x3c, 0, 0xc0,
            ]
        let tensors = try SafetensorsFile(bytes).tensors
        #expect(tensors.map(\.name) == ["b", "a", "c"])
        #expect(tensors.map(\.values) == [[], [1, -2], []])
    }

    private static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/Safetensors")
        return Array(try Data(contentsOf: folder.appending(path: "\(name).safetensors")))
    }

    @Test("digests are those of FIPS 180-4")
    func digest() {
        #expect(
            sha256(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }
}
