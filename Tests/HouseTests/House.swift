import Foundation

/// The table of ARCHITECTURE: which modules each module may import.
///
/// Modules of the toolchain and test frameworks are free; everything else is named here, so that a
/// new arrow is a reviewed line.
enum House {
    static let allowedImports: [String: Set<String>] = [
        "RandomNumbers": [],
        "BackgroundQueues": [],
        "Snapshots": ["CZlib"],
        "JSONFields": [],
        "MemoryBudgets": [],
        "Tensors": ["CKernels", "COpenBLAS"],
        "Frames": ["CKernels", "CPNG", "CPNGReader"],
        "HTTPServing": ["CLinux", "CZlib"],
        "NeuralNetworks": ["Tensors", "RandomNumbers", "BackgroundQueues", "JSONFields"],
        "JSONScanning": [],
        "ExperienceReplay": ["RandomNumbers", "Snapshots"],
        "Environments": ["Frames", "RandomNumbers", "JSONFields", "CLinux"],
        "DeepQLearning": [
            "NeuralNetworks", "Tensors", "ExperienceReplay", "RandomNumbers", "BackgroundQueues",
            "JSONFields", "MemoryBudgets", "Snapshots",
        ],
        "Checkpoints": ["DeepQLearning", "NeuralNetworks", "JSONFields", "COpenSSL"],
        "Training": [
            "DeepQLearning", "NeuralNetworks", "Environments", "ExperienceReplay", "Checkpoints",
            "Frames", "JSONFields", "MemoryBudgets", "RandomNumbers", "BackgroundQueues",
            "Snapshots",
        ],
        "Inference": [
            "Checkpoints", "DeepQLearning", "NeuralNetworks", "BackgroundQueues", "MemoryBudgets",
        ],
        "RunStorage": [
            "GRDB", "Training", "Checkpoints", "DeepQLearning", "JSONFields", "BackgroundQueues",
            "Snapshots",
        ],
        "ServerAPI": [
            "HTTPServing", "JSONScanning", "Training", "RunStorage", "Inference", "Frames",
            "Environments", "Checkpoints", "DeepQLearning", "NeuralNetworks", "JSONFields",
            "MemoryBudgets",
        ],
        "dqn-server": [
            "ServerAPI", "HTTPServing", "RunStorage", "Training", "Inference", "Environments",
            "Checkpoints", "DeepQLearning", "Frames", "BackgroundQueues", "JSONFields",
            "MemoryBudgets", "NeuralNetworks", "RandomNumbers", "Snapshots", "ArgumentParser",
            "Logging",
        ],
    ]

    /// What comes with the toolchain.
    static let toolchainModules: Set<String> = [
        "Swift", "Foundation", "FoundationEssentials", "Dispatch", "Glibc", "Synchronization",
    ]

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The Swift files below `folder` of the package, with their text.
    static func sources(below folder: String) throws -> [(path: String, text: String)] {
        let base = root.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: base.path)?.allObjects as? [String] ?? []
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            (
                "\(folder)/\(path)",
                try String(contentsOf: base.appending(path: path), encoding: .utf8)
            )
        }
    }

    static func modules() throws -> [String] {
        try FileManager.default
            .contentsOfDirectory(atPath: root.appending(path: "Sources").path).sorted()
    }
}
