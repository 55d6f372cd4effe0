import Frames
import Testing

@Suite(.timeLimit(.minutes(5))) struct LayoutTests {
    @Test("a scaled picture shows each pixel as a square", arguments: [1, 3], [1, 2, 5])
    func scaled(channels: Int, factor: Int) {
        var noise = Noise(state: 6)
        let frame = noise.frame(height: 4, width: 3, channels: channels)
        let large = frame.scaled(by: factor)
        #expect(large.height == 4 * factor && large.width == 3 * factor)
        for row in 0..<large.height {
            for column in 0..<large.width {
                #expect(large[row, column] == frame[row / factor, column / factor])
            }
        }
    }

    @Test("pictures side by side split into themselves", arguments: [1, 3])
    func sideBySide(channels: Int) {
        var noise = Noise(state: 7)
        let frames = (0..<5).map { _ in noise.frame(height: 3, width: 4, channels: channels) }
        let row = Frame.sideBySide(frames)
        #expect(row.height == 3 && row.width == 20)
        #expect(row[2, 17] == frames[4][2, 1])
        #expect(row.split(into: 5) == frames)
    }

    @Test("a rectangle paints its pixels alone, and what lies outside is left out")
    func rectangle() {
        var frame = Frame(height: 4, width: 5, filledWith: .gray(1))
        frame.fill(rows: 1..<3, columns: 3..<9, with: .gray(9))
        frame.fill(rows: -3..<0, columns: 0..<5, with: .gray(7))
        #expect(
            frame.bytes == [
                1, 1, 1, 1, 1,
                1, 1, 1, 9, 9,
                1, 1, 1, 9, 9,
                1, 1, 1, 1, 1,
            ]
        )
    }

    @Test("a disc and a line paint the pixels whose centres they cover")
    func shapes() {
        var frame = Frame(height: 5, width: 6, filledWith: .gray(0))
        frame.fillDisc(row: 2.5, column: 2.5, radius: 1.2, with: .gray(1))
        frame.drawLine(from: (0.5, 3.5), to: (0.5, 40), thickness: 1, with: .gray(2))
        #expect(
            frame.bytes == [
                0, 0, 0, 2, 2, 2,
                0, 0, 1, 0, 0, 0,
                0, 1, 1, 1, 0, 0,
                0, 0, 1, 0, 0, 0,
                0, 0, 0, 0, 0, 0,
            ]
        )
    }

    @Test("a coloured picture takes colours")
    func colours() {
        var frame = Frame(height: 1, width: 2, filledWith: .rgb(1, 2, 3))
        frame.fill(rows: 0..<1, columns: 1..<2, with: .rgb(4, 5, 6))
        #expect(frame.bytes == [1, 2, 3, 4, 5, 6])
    }
}
