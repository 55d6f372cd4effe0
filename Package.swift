// swift-tools-version: 6.2

import PackageDescription

/// Every module of ours: Swift 6 mode, memory safety spelled out, warnings are errors.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

func module(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        exclude: exclude,
        swiftSettings: strict
    )
}

let package = Package(
    name: "dqn-server",
    products: [
        .library(name: "Frames", targets: ["Frames"]),
        .library(name: "HTTPServing", targets: ["HTTPServing"]),
        .library(name: "JSONScanning", targets: ["JSONScanning"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C libraries.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng"),
        .target(name: "CKernels"),
        .target(name: "CLinux"),
        .target(name: "CPNGReader", dependencies: ["CPNG"]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),

        // Level 0: knows no other module of ours.
        module("BackgroundQueues"),
        module("Frames", ["CKernels", "CPNG", "CPNGReader"]),
        module("HTTPServing", ["CLinux", "CZlib"]),
        module("JSONFields"),
        module("JSONScanning"),
        module("MemoryBudgets"),
        module("RandomNumbers"),
        module("Snapshots", ["CZlib"]),
        module("Tensors", ["CKernels", "COpenBLAS"]),

        // Level 1.
        module(
            "Environments",
            ["CLinux", "Frames", "JSONFields", "RandomNumbers"],
            resources: [
                .embedInCode("Atari/ale_worker.py"),
                .embedInCode("Gymnasium/gymnasium_making.py"),
                .embedInCode("Gymnasium/gymnasium_spaces.py"),
                .embedInCode("Gymnasium/gymnasium_worker.py"),
                .embedInCode("Worker/worker_channel.py"),
            ]
        ),
        module("ExperienceReplay", ["RandomNumbers", "Snapshots"]),
        module(
            "NeuralNetworks",
            ["BackgroundQueues", "JSONFields", "RandomNumbers", "Tensors"]
        ),

        // Level 2.
        module(
            "DeepQLearning",
            [
                "BackgroundQueues", "ExperienceReplay", "JSONFields", "MemoryBudgets",
                "NeuralNetworks", "RandomNumbers", "Snapshots", "Tensors",
            ]
        ),

        // Level 3.
        module(
            "Checkpoints",
            ["COpenSSL", "DeepQLearning", "JSONFields", "NeuralNetworks", "Snapshots"]
        ),

        // Level 4.
        module(
            "Training",
            [
                "BackgroundQueues", "Checkpoints", "DeepQLearning", "Environments",
                "ExperienceReplay", "Frames", "JSONFields", "MemoryBudgets", "NeuralNetworks",
                "RandomNumbers", "Snapshots",
            ]
        ),

        module(
            "Inference",
            [
                "BackgroundQueues", "Checkpoints", "DeepQLearning", "MemoryBudgets",
                "NeuralNetworks",
            ]
        ),

        // Level 5.
        module(
            "RunStorage",
            [
                "BackgroundQueues", "Checkpoints", "DeepQLearning", "JSONFields", "Snapshots",
                "Training",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),

        // Level 6.
        module(
            "ServerAPI",
            [
                "BackgroundQueues", "Checkpoints", "DeepQLearning", "Environments", "Frames",
                "HTTPServing", "Inference", "JSONFields", "JSONScanning", "MemoryBudgets",
                "NeuralNetworks", "RunStorage", "Training",
            ],
            resources: [.embedInCode("OpenAPI/openapi.json")]
        ),

        // Level 7: wires everything. Beside it, what measures any of them.
        .executableTarget(
            name: "dqn-server",
            dependencies: [
                "BackgroundQueues", "Checkpoints", "DeepQLearning", "Environments", "Frames",
                "HTTPServing", "Inference", "JSONFields", "MemoryBudgets", "NeuralNetworks",
                "RandomNumbers", "RunStorage", "ServerAPI", "Snapshots", "Training",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),

        .executableTarget(
            name: "dqn-bench",
            dependencies: [
                "BackgroundQueues", "DeepQLearning", "Environments",
                "ExperienceReplay", "Frames", "NeuralNetworks", "RandomNumbers", "Snapshots",
                "Tensors",
                "Training",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Faults", "Fuzz", "HTTP", "Learning", "Peers", "Results", "Training"],
            swiftSettings: strict
        ),

        .target(
            name: "NumericExpectations",
            dependencies: ["NeuralNetworks", "RandomNumbers", "Tensors"],
            path: "Tests/NumericExpectations",
            swiftSettings: strict
        ),
        tests("BackgroundQueuesTests", ["BackgroundQueues"]),
        tests(
            "CheckpointsTests",
            [
                "Checkpoints", "DeepQLearning", "NeuralNetworks", "RandomNumbers", "Tensors",
            ]
        ),
        tests("CommandLineTests", ["Environments", "Snapshots", "Training", "dqn-server"]),
        tests(
            "DeepQLearningTests",
            [
                "BackgroundQueues", "DeepQLearning", "ExperienceReplay", "JSONFields",
                "NeuralNetworks", "NumericExpectations", "RandomNumbers", "Snapshots", "Tensors",
            ]
        ),
        tests("EnvironmentsTests", ["Environments", "Frames", "RandomNumbers"]),
        tests("ExperienceReplayTests", ["ExperienceReplay", "RandomNumbers", "Snapshots"]),
        tests("FramesTests", ["Frames"]),
        .systemLibrary(
            name: "CCurl",
            path: "Tests/CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .target(
            name: "HTTPClients",
            dependencies: ["CCurl"],
            path: "Tests/HTTPClients",
            swiftSettings: strict
        ),
        tests("HTTPServingTests", ["HTTPClients", "HTTPServing"]),
        tests("HouseTests"),
        tests(
            "InferenceTests",
            [
                "BackgroundQueues", "Checkpoints", "DeepQLearning", "Inference",
                "NeuralNetworks", "RandomNumbers", "Tensors",
            ]
        ),
        tests("JSONFieldsTests", ["JSONFields"]),
        tests(
            "NeuralNetworksTests",
            [
                "BackgroundQueues", "JSONFields", "NeuralNetworks", "NumericExpectations",
                "RandomNumbers", "Tensors",
            ]
        ),
        tests("JSONScanningTests", ["JSONScanning"]),
        tests("MemoryBudgetsTests", ["MemoryBudgets"]),
        tests("PageTests", ["HTTPServing"], exclude: ["Scripts"]),
        tests("RandomNumbersTests", ["RandomNumbers"]),
        tests("SnapshotsTests", ["Snapshots"]),
        tests(
            "RunStorageTests",
            [
                "Checkpoints", "DeepQLearning", "Environments", "JSONFields", "RunStorage",
                "Snapshots", "Training", .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        tests(
            "TrainingTests",
            [
                "BackgroundQueues", "Checkpoints", "DeepQLearning", "Environments", "Frames",
                "JSONFields", "MemoryBudgets", "NeuralNetworks", "RandomNumbers", "Snapshots",
                "Training",
            ]
        ),
        tests(
            "ServerAPITests",
            [
                "Checkpoints", "DeepQLearning", "Environments", "Frames", "HTTPClients",
                "HTTPServing", "Inference", "JSONFields", "MemoryBudgets", "NeuralNetworks",
                "RandomNumbers",
                "RunStorage", "ServerAPI", "Training",
            ]
        ),
        tests("TensorsTests", ["NumericExpectations", "RandomNumbers", "Tensors"]),
    ],
    swiftLanguageModes: [.v6]
)
