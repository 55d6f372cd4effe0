import MemoryBudgets
import Testing

@Suite(.timeLimit(.minutes(5))) struct ByteCountTests {
    @Test(
        "a size is written with three digits and its unit",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (7056, "7.06 kB"), (9_995, "10.0 kB"),
            (28_224_000_000, "28.2 GB"), (999_499, "999 kB"), (999_500, "1.00 MB"),
            (Int.max, "9.22 EB"),
        ]
    )
    func description(bytes: Int, text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test(
        "a size on the command line takes binary suffixes",
        arguments: [
            ("8589934592", 8_589_934_592), ("8G", 8 << 30), ("8g", 8 << 30), ("512M", 512 << 20),
            ("1.5K", 1536), ("2T", 2 << 40),
        ]
    )
    func reading(text: String, bytes: Int) {
        #expect(ByteCount(text)?.bytes == bytes)
    }

    @Test(
        "what is no size is refused",
        arguments: ["", "G", "8GB", "-1G", "0", "1e300", "1e30G", "nan", "infinity", "8 G", "x"]
    )
    func refusal(text: String) {
        #expect(ByteCount(text) == nil)
    }

    @Test("sums and products stop at the largest number")
    func saturation() {
        #expect(ByteCount(.max) + ByteCount(1) == .unlimited)
        #expect(ByteCount(1 << 40) * (1 << 40) == .unlimited)
        #expect(ByteCount(3) - ByteCount(5) == .zero)
        #expect(ByteCount(7056) * 1_000_000 == ByteCount(7_056_000_000))
    }

    @Test("large numbers are written in groups of three")
    func grouping() {
        #expect(
            [0, 999, 1000, 100_000_000, -1234].map(\.grouped) == [
                "0", "999", "1,000", "100,000,000", "-1,234",
            ]
        )
    }
}
