// swift-tools-version: 6.2

import PackageDescription

/// Hello servers on what other Swift servers offer, and on ours, to be measured side by side.
let package = Package(
    name: "http-peers",
    dependencies: [
        .package(name: "dqn-server", path: "../../../../.."),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
    ],
    targets: [
        .executableTarget(
            name: "own-hello",
            dependencies: [
                .product(name: "Frames", package: "dqn-server"),
                .product(name: "HTTPServing", package: "dqn-server"),
                .product(name: "JSONScanning", package: "dqn-server"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "nio-hello",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .executableTarget(
            name: "hummingbird-hello",
            dependencies: [.product(name: "Hummingbird", package: "hummingbird")]
        ),
        .executableTarget(
            name: "flyingfox-hello",
            dependencies: [.product(name: "FlyingFox", package: "FlyingFox")]
        ),
    ]
)
