import Checkpoints
import Testing

@Suite(.timeLimit(.minutes(5))) struct ForeignFormatTests {
    /// The beginning of a ZIP archive, with the names of the files in it.
    private static func zip(_ names: String...) -> [UInt8] {
        bytes([0x50, 0x4B, 3, 4], "") + bytes([], names.joined(separator: "\0\0"))
    }

    private static func bytes(_ bytes: [UInt8], _ text: String) -> [UInt8] {
        var all = bytes
        all += text.utf8
        all += Array(repeating: 0, count: 40)
        return all
    }

    static let weightFiles: [([UInt8], String)] = [
        (zip("archive/data.pkl"), "a file of PyTorch, which may run code"),
        (zip("data", "policy.pth", "archive/data.pkl"), "a model of Stable-Baselines3"),
        (zip("arr_0.npy"), "a file of NumPy"),
        (zip("readme.txt"), "a ZIP archive"),
        ([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9], "a pickle, which may run code"),
        (bytes([0x89], "HDF\r\n\u{1A}\n"), "an HDF5 file"),
        (bytes([8, 7, 0x12, 7], "pytorch"), "an ONNX graph"),
    ]

    @Test("a file of another format is answered with what it is", arguments: weightFiles)
    func weights(bytes: [UInt8], what: String) {
        let message = message(bytes)
        #expect(message.hasPrefix("not a safetensors file: this is \(what)"), "\(message)")
        #expect(message.contains("safetensors.torch.save_file("))
    }

    static let otherFiles: [([UInt8], String)] = [
        (bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], ""), "this is compressed with gzip"),
        (Array("\n<!DOCTYPE html><html></html>".utf8), "this is a web page"),
        (Array("{\"a\":1}     {".utf8), "this is JSON"),
        ([], "0 bytes, at least 8 expected"),
        (bytes([], ""), "header: not valid JSON at byte 0"),
    ]

    @Test("so is a file that holds no weights itself", arguments: otherFiles)
    func others(bytes: [UInt8], reason: String) {
        let message = message(bytes)
        #expect(message.contains(reason), "\(message)")
    }

    @Test("a header whose length begins as another format does is read all the same")
    func lookalikes() throws {
        for length in [0x3C, 0x7B, 0x5B, 0x108] {
            let header = "{\"__metadata__\":{}}"
            var bytes: [UInt8] = [UInt8(length & 255), UInt8(length >> 8), 0, 0, 0, 0, 0, 0]
            bytes += header.utf8
            bytes += Array(repeating: 0x20, count: 8 + length - bytes.count)
            #expect(try SafetensorsFile(bytes).tensors.isEmpty)
        }
    }

    private func message(_ bytes: [UInt8]) -> String {
        do throws(CheckpointError) {
            _ = try SafetensorsFile(bytes)
            return "it is a safetensors file"
        } catch {
            return "\(error)"
        }
    }
}
