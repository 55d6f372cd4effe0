import Frames
import Testing

/// The way from two screens to one observation, against OpenCV (Fixtures/Preprocessing).
@Suite(.timeLimit(.minutes(5))) struct PreprocessingTests {
    @Test(
        "maximum, luminance and area resize agree with OpenCV to the bit on screens of games, and on noise but for the rounding of a half",
        arguments: [
            ("breakout", 210, 160, 84, 0), ("pong", 210, 160, 84, 0), ("noise", 105, 80, 42, 1),
        ]
    )
    func agreesWithOpenCV(
        name: String,
        height: Int,
        width: Int,
        size: Int,
        differingPixels: Int
    ) throws {
        let folder = "Preprocessing/\(name)"
        let screens = try Fixture.sheet("\(folder)_screens.png", height: height, width: width)
        let expected = try Fixture.sheet("\(folder)_expected.png", height: size, width: size)
        try #require(screens.count == 2 * expected.count && !expected.isEmpty)
        var largest = 0
        var differing = 0
        for (index, picture) in expected.enumerated() {
            let small =
                Frame
                .grayscale(ofMaximum: screens[2 * index + 1], screens[2 * index])
                .resized(height: size, width: size)
            let found = differences(small, picture)
            largest = max(largest, found.largest)
            differing += found.count
        }
        print(
            "\(name): \(expected.count) pictures, largest difference \(largest) gray levels, "
                + "\(differing) of \(expected.count * size * size) pixels differ"
        )
        #expect(largest <= 1 && differing == differingPixels)
    }

    @Test(
        "nothing of the picture is cropped: score, bricks, ball and paddle are in the observation",
        arguments: [2..<6, 24..<37, 38..<75, 75..<78]
    )
    func nothingIsCropped(rows: Range<Int>) throws {
        let sheet = "Preprocessing/breakout_expected.png"
        let observations = try Fixture.sheet(sheet, height: 84, width: 84)
        // Columns 5..<79 lie between the side walls.
        let isVisible = rows.contains { row in
            (5..<79).contains { observations[9][row, $0] != [0] }
        }
        #expect(isVisible)
    }

    @Test("luminance is OpenCV's fixed point")
    func luminance() {
        // As cv2.cvtColor gives for these colours.
        let known: [(UInt8, UInt8, UInt8, UInt8)] = [
            (0, 0, 0, 0), (255, 255, 255, 255), (255, 0, 0, 76), (0, 255, 0, 150), (0, 0, 255, 29),
            (200, 72, 72, 110), (66, 72, 200, 85), (142, 142, 142, 142), (1, 1, 1, 1),
            (148, 0, 0, 44), (92, 186, 92, 147), (213, 130, 74, 148),
        ]
        for (red, green, blue, level) in known {
            #expect(luminance(red, green, blue) == level)
            let colour = Frame(height: 1, width: 1, channels: 3, bytes: [red, green, blue])
            #expect(colour.grayscale().bytes == [level])
        }
    }

    @Test("gray levels of one picture, and of the brighter of two, are those of every pixel")
    func luminanceOfPictures() {
        var noise = Noise(state: 6)
        for _ in 0..<60 {
            let height = Int.random(in: 1...40, using: &noise)
            let width = Int.random(in: 1...40, using: &noise)
            let (one, other) = (
                noise.frame(height: height, width: width, channels: 3),
                noise.frame(height: height, width: width, channels: 3)
            )
            let brighter = zip(one.bytes, other.bytes).map { max($0, $1) }
            #expect(one.grayscale().bytes == luminance(of: one.bytes))
            #expect(Frame.grayscale(ofMaximum: one, other).bytes == luminance(of: brighter))
        }
    }

    private func luminance(of rgb: [UInt8]) -> [UInt8] {
        stride(from: 0, to: rgb.count, by: 3).map { luminance(rgb[$0], rgb[$0 + 1], rgb[$0 + 2]) }
    }

    private func luminance(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        let terms = [9798 * Int(red), 19235 * Int(green), 3735 * Int(blue), 1 << 14]
        return UInt8(terms.reduce(0, +) >> 15)
    }

    @Test("a gray level stays what it is in every size")
    func constantPictures() {
        for level in [0, 1, 127, 254, 255] as [UInt8] {
            let small = Frame(height: 210, width: 160, filledWith: .gray(level))
                .resized(height: 84, width: 84)
            #expect(small.bytes.allSatisfy { $0 == level })
        }
    }

    @Test("the area resize is the exact mean over the area, rounded, for any sizes")
    func naiveTwin() {
        var noise = Noise(state: 5)
        for _ in 0..<60 {
            let height = Int.random(in: 1...40, using: &noise)
            let width = Int.random(in: 1...40, using: &noise)
            let newHeight = Int.random(in: 1...2 * height, using: &noise)
            let newWidth = Int.random(in: 1...2 * width, using: &noise)
            let picture = noise.frame(height: height, width: width, channels: 1)
            let small = picture.resized(height: newHeight, width: newWidth)
            // In units of 1/(newHeight · newWidth) pixels every overlap is whole.
            for row in 0..<newHeight {
                for column in 0..<newWidth {
                    var sum = 0
                    for oldRow in 0..<height {
                        for oldColumn in 0..<width {
                            sum +=
                                shared(row, height, oldRow, newHeight)
                                * shared(column, width, oldColumn, newWidth)
                                * Int(picture[oldRow, oldColumn].first ?? 0)
                        }
                    }
                    let mean = Double(sum) / Double(height * width)
                    #expect(small[row, column] == [UInt8(mean.rounded(.toNearestOrEven))])
                }
            }
        }
    }

    /// How much `[new · length, +length)` and `[old · unit, +unit)` share.
    private func shared(_ new: Int, _ length: Int, _ old: Int, _ unit: Int) -> Int {
        max(0, min((new + 1) * length, (old + 1) * unit) - max(new * length, old * unit))
    }
}
