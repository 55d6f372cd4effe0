import Foundation
import Frames
import Testing

@Suite struct FrameStackTests {
    @Test("the frames stand in the order they came, the oldest first")
    func order() {
        var stack = FrameStack(depth: 4, frameByteCount: 2)
        stack.begin(with: [10, 11].span)
        for number in 2...6 as ClosedRange<UInt8> {
            stack.push([number * 10, number * 10 + 1])
        }
        #expect(stack.bytes == [30, 31, 40, 41, 50, 51, 60, 61])
    }

    @Test("what lies before an episode's first frame is zero, also after another episode")
    func neverAcrossEpisodes() {
        var stack = FrameStack(depth: 4, frameByteCount: 1)
        #expect(stack.bytes == [0, 0, 0, 0])
        for frames in 1...5 as ClosedRange<UInt8> {
            stack.begin(with: [100])
            #expect(stack.bytes == [0, 0, 0, 100])
            for number in 0..<frames {
                stack.push([101 + number])
            }
            #expect(stack.bytes.last == 100 + frames)
            #expect(stack.bytes.filter { $0 == 0 }.count == max(0, 3 - Int(frames)))
        }
    }

    @Test("a stack of one frame is the frame")
    func depthOne() {
        var stack = FrameStack(depth: 1, frameByteCount: 3)
        stack.begin(with: [1, 2, 3].span)
        stack.push([4, 5, 6].span)
        #expect(stack.bytes == [4, 5, 6])
    }

    @Test("a stack written down and read back goes on where it was")
    func codable() throws {
        var stack = FrameStack(depth: 2, frameByteCount: 1)
        stack.begin(with: [7].span)
        let written = try JSONEncoder().encode(stack)
        #expect(try JSONDecoder().decode(FrameStack.self, from: written) == stack)
    }

    @Test("its picture shows the frames side by side and splits into them again")
    func picture() {
        var noise = Noise(state: 3)
        var stack = FrameStack(depth: 4, frameByteCount: 6)
        let frames = (0..<4).map { _ in noise.frame(height: 2, width: 3, channels: 1) }
        for frame in frames {
            stack.push(frame.bytes.span)
        }
        let picture = stack.picture(height: 2, width: 3)
        #expect(picture.height == 2 && picture.width == 12)
        #expect(picture.split(into: 4) == frames)
    }
}
