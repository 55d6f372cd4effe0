internal import Foundation
internal import Glibc

/// Where a command shows how it gets on: a terminal, whose last line can be drawn again, or a pipe
/// or file, which only takes whole lines.
package struct Console: Sendable {
    /// The width of the terminal at this moment, in columns; nil where there is none.
    package var columns: @Sendable () -> Int?
    /// Writes text as it is.
    package var write: @Sendable (String) -> Void

    /// Joins the parts.
    package init(
        columns: @escaping @Sendable () -> Int?,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.columns = columns
        self.write = write
    }

    /// Standard error, so that what a command prints can be used by another.
    static let standardError = Console(
        columns: {
            guard isatty(STDERR_FILENO) == 1 else { return nil }
            var size = winsize()
            // Terminals that do not know their width, such as serial lines, have 80 columns.
            guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
                return 80
            }
            return Int(size.ws_col)
        },
        write: { text in
            try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
        }
    )
}
