extension SnapshotFolder {
    /// Checks a snapshot whole, and every frame that it needs.
    /// - Throws: `SnapshotError` with the first fault.
    public func check(_ file: String) throws(SnapshotError) {
        for frames in try SnapshotReader.frameFiles(of: file) {
            let reader = try FrameFileReader(
                frameFile(frames.number),
                byteCount: frames.byteCount
            )
            try reader.read { _, _, _, _ throws(SnapshotError) in }
        }
    }
}
