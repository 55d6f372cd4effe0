package import Foundation

/// Reads a file below Tests/Fixtures; the script that made it lies beside it.
package func fixture<Value: Decodable>(_ path: String, as type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(contentsOf: fixtureFile(path)))
}

/// Where a file below Tests/Fixtures lies.
package func fixtureFile(_ path: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/\(path)")
}
