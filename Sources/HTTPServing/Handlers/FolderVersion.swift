internal import CLinux
internal import Glibc

/// One state of all files below a folder taken together.
struct FolderVersion: Sendable {
    /// Differs whenever a file was written, came or went.
    private(set) var text = ""
    /// When a file was last written.
    private(set) var modified = HTTPDate(secondsSinceEpoch: 0)

    /// Looks at every file below the folder.
    init(of folder: borrowing Descriptor) {
        var sum: UInt64 = 0
        var folders = ["."]
        while let path = folders.popLast() {
            for (name, isFolder) in Self.entries(of: path, below: folder) {
                let path = path == "." ? name : "\(path)/\(name)"
                if isFolder {
                    folders.append(path)
                } else if let file = HTTPFile(below: folder, path: path) {
                    // Added up, so that the order in which the kernel names them is of no account.
                    sum &+= Self.hash("\(path) \(file.tag.opaque)")
                    modified = max(modified, file.modified)
                }
            }
        }
        text = String(sum, radix: 36)
    }

    /// What a folder holds, but for names that begin with a dot.
    private static func entries(
        of path: String,
        below folder: borrowing Descriptor
    ) -> [(name: String, isFolder: Bool)] {
        let number = unsafe dqn_open_beneath(
            folder.number,
            path,
            O_RDONLY | O_DIRECTORY | O_CLOEXEC
        )
        guard number >= 0 else { return [] }
        guard let stream = unsafe fdopendir(number) else {
            close(number)
            return []
        }
        defer { unsafe closedir(stream) }
        var entries: [(name: String, isFolder: Bool)] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix(".") else { continue }
            entries.append((name, unsafe entry.pointee.d_type == UInt8(DT_DIR)))
        }
        return entries
    }

    /// FNV-1a.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
