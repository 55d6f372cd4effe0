internal import Training

/// A block as bytes: its forms and series, the length of each column, then the columns.
extension EventBlock {
    /// The columns that every block has.
    enum Column: Sendable {
        case sequences
        case numbers
        case position(TrainingAxis)
        case milliseconds
        case formOfEvent
        case episodeNumbers
        case truncations
        case texts

        /// In the order in which they are stored.
        static let all: [Column] =
            [.sequences, .numbers] + TrainingAxis.allCases.map(Column.position)
            + [.milliseconds, .formOfEvent, .episodeNumbers, .truncations, .texts]

        /// The column's place in ``all``.
        var place: Int {
            let axes = TrainingAxis.allCases
            return switch self {
            case .sequences: 0
            case .numbers: 1
            case .position(let axis): 2 + (axes.firstIndex(of: axis) ?? 0)
            case .milliseconds: 2 + axes.count
            case .formOfEvent: 3 + axes.count
            case .episodeNumbers: 4 + axes.count
            case .truncations: 5 + axes.count
            case .texts: 6 + axes.count
            }
        }
    }

    static let version: UInt8 = 1

    var bytes: [UInt8] {
        var directory: [UInt8] = [Self.version]
        directory.append(varint: UInt(count))
        directory.append(varint: UInt(series.count))
        for series in series {
            directory.append(text: series.name)
            directory.append(varint: UInt(series.values.count))
        }
        directory.append(varint: UInt(forms.count))
        for known in forms {
            directory.append(text: known.form.name)
            directory.append(known.form.coding.rawValue)
            directory.append(varint: UInt(known.series.count))
            for place in known.series { directory.append(varint: UInt(place)) }
        }
        var columns: [UInt8] = []
        columns.reserveCapacity(count * 16)
        func close(since start: Int) {
            directory.append(varint: UInt(columns.count - start))
        }
        for column in Column.all {
            let start = columns.count
            append(column, to: &columns)
            close(since: start)
        }
        for series in series {
            let start = columns.count
            NumberColumn.append(series.values, to: &columns)
            close(since: start)
        }
        return directory + columns
    }

    private func append(_ column: Column, to bytes: inout [UInt8]) {
        switch column {
        case .sequences: IntegerColumn.append(sequences, to: &bytes)
        case .numbers: IntegerColumn.append(numbers, to: &bytes)
        case .position(.wallSeconds):
            NumberColumn.append(positions.map(\.wallSeconds), to: &bytes)
        case .position(let axis):
            IntegerColumn.append(positions.map { $0[count: axis] }, to: &bytes)
        case .milliseconds: IntegerColumn.append(milliseconds, to: &bytes)
        case .formOfEvent: IntegerColumn.append(formOfEvent, to: &bytes)
        case .episodeNumbers: IntegerColumn.append(episodeNumbers, to: &bytes)
        case .truncations: IntegerColumn.append(truncations, to: &bytes)
        case .texts: for text in texts { bytes.append(text: text) }
        }
    }

    init(_ bytes: [UInt8]) throws(RunStorageError) {
        let reader = try EventBlockReader(bytes)
        self.init()
        sequences = try reader.integers(.sequences)
        numbers = try reader.integers(.numbers)
        positions = try reader.positions()
        milliseconds = try reader.integers(.milliseconds)
        formOfEvent = try reader.integers(.formOfEvent)
        episodeNumbers = try reader.integers(.episodeNumbers)
        truncations = try reader.integers(.truncations)
        texts = try reader.texts()
        textBytes = texts.reduce(0) { $0 + $1.utf8.count }
        forms = reader.forms
        for (place, name) in reader.seriesNames.enumerated() {
            series.append(Series(name: name, values: try reader.values(ofSeries: place)))
        }
        try checkLengths()
    }

    /// Throws where the columns do not fit together, before anything is read from them.
    private func checkLengths() throws(RunStorageError) {
        var (episodes, texts) = (0, 0)
        var values = Array(repeating: 0, count: series.count)
        for form in formOfEvent {
            guard forms.indices.contains(form) else {
                throw .unreadable("a block of events has \(forms.count) forms, not form \(form)")
            }
            if forms[form].form.coding == .episode { episodes += 1 }
            if forms[form].form.coding == .text { texts += 1 }
            for place in forms[form].series { values[place] += 1 }
        }
        let counts = [numbers.count, positions.count, milliseconds.count, formOfEvent.count]
        guard counts.allSatisfy({ $0 == count }), episodeNumbers.count == episodes,
            truncations.count == episodes, self.texts.count == texts,
            zip(series, values).allSatisfy({ $0.values.count == $1 })
        else { throw .unreadable("the columns of a block of events differ in length") }
    }
}
