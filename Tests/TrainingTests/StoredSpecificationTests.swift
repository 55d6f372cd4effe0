import Foundation
import JSONFields
import Testing
import Training

/// What earlier versions of this program have written down.
@Suite(.timeLimit(.minutes(1))) struct StoredSpecificationTests {
    /// A line for each preset, as version 1 stored it.
    static let version1: [String] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/Specifications/version1.jsonl")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }()

    @Test("the presets are written to the byte as version 1 wrote them")
    func bytes() {
        let written = Preset.all.map { JSONValue.object($0.specification.json).description }
        #expect(written == Self.version1)
    }
}
