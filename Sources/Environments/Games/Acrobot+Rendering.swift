internal import Foundation
package import Frames

extension Acrobot {
    /// The two rods and the line that the lower end has to reach, 200 rows by 200 columns.
    package func rendered() -> Frame? {
        let size = 200.0
        let length = 42.0
        var picture = Frame(height: Int(size), width: Int(size), filledWith: .rgb(250, 250, 248))
        let pivot = (row: size / 2, column: size / 2)
        picture.drawLine(
            from: (pivot.row - length, 0),
            to: (pivot.row - length, size),
            thickness: 2,
            with: .rgb(202, 152, 40)
        )
        let joint = (
            row: pivot.row + length * cos(state.first),
            column: pivot.column + length * sin(state.first)
        )
        let angle = state.first + state.second
        let end = (
            row: joint.row + length * cos(angle),
            column: joint.column + length * sin(angle)
        )
        for (from, to) in [(pivot, joint), (joint, end)] {
            picture.drawLine(from: from, to: to, thickness: 9, with: .rgb(60, 150, 160))
        }
        for place in [pivot, joint] {
            picture.fillDisc(
                row: place.row,
                column: place.column,
                radius: 5,
                with: .rgb(40, 40, 48)
            )
        }
        return picture
    }
}
