import Foundation
import Hummingbird
import Logging
import NIOPosix

/// Hummingbird as its documentation shows it, with one event loop and no log.
@main
struct HummingbirdHello {
    private static let bodyLimitBytes = 8 << 20

    static func main() async throws {
        let router = Router()
        router.get("hello") { _, _ in "hello world\n" }
        router.post("bin") { request, _ in
            let body = try await request.body.collect(upTo: bodyLimitBytes)
            return answer("{\"n\":\(body.readableBytes)}")
        }
        router.post("json") { request, _ in
            let body = try await request.body.collect(upTo: bodyLimitBytes)
            let bytes = Data(buffer: body)
            let frames = try JSONDecoder().decode([[[UInt8]]].self, from: bytes)
            return answer("{\"action\":\(frames.count % 18)}")
        }
        var logger = Logger(label: "hummingbird")
        logger.logLevel = .critical
        let application = Application(
            router: router,
            configuration: .init(
                address: .hostname("127.0.0.1", port: Int(CommandLine.arguments[1]) ?? 0)
            ),
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)),
            logger: logger
        )
        try await application.runService()
    }

    private static func answer(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
