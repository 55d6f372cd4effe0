import FlyingFox
import Foundation

/// FlyingFox as its documentation shows it, without a log.
@main
struct FlyingFoxHello {
    static func main() async throws {
        let port = UInt16(CommandLine.arguments[1]) ?? 0
        let server = HTTPServer(
            address: try .inet(ip4: "127.0.0.1", port: port),
            logger: .disabled
        )
        await server.appendRoute("GET /hello") { _ in
            answer("hello world\n", "text/plain")
        }
        await server.appendRoute("POST /bin") { request in
            answer("{\"n\":\(try await request.bodyData.count)}", "application/json")
        }
        await server.appendRoute("POST /json") { request in
            let bytes = try await request.bodyData
            let frames = try JSONDecoder().decode([[[UInt8]]].self, from: bytes)
            return answer("{\"action\":\(frames.count % 18)}", "application/json")
        }
        try await server.run()
    }

    private static func answer(_ text: String, _ type: String) -> HTTPResponse {
        HTTPResponse(statusCode: .ok, headers: [.contentType: type], body: Data(text.utf8))
    }
}
