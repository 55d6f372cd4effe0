import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// SwiftNIO with its own HTTP pipeline and nothing around it.
@main
struct NIOHello {
    static func main() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(HelloHandler())
                }
            }
            .bind(host: "127.0.0.1", port: Int(CommandLine.arguments[1]) ?? 0).get()
        try await server.closeFuture.get()
    }
}

private final class HelloHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var path = ""
    private var body = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            path = head.uri
            body.clear()
        case .body(var part):
            body.writeBuffer(&part)
        case .end:
            let (text, type) = answer()
            let content = ByteBuffer(string: text)
            let fields: HTTPHeaders = [
                "content-type": type, "content-length": "\(content.readableBytes)",
            ]
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(content))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    private func answer() -> (String, String) {
        switch path {
        case "/bin":
            return ("{\"n\":\(body.readableBytes)}", "application/json")
        case "/json":
            let bytes = Data(body.readableBytesView)
            let frames = (try? JSONDecoder().decode([[[UInt8]]].self, from: bytes)) ?? []
            return ("{\"action\":\(frames.count % 18)}", "application/json")
        default:
            return ("hello world\n", "text/plain")
        }
    }
}
