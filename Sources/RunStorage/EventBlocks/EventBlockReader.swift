internal import Training

/// The columns of a stored block, each decoded only when it is wanted.
struct EventBlockReader {
    let count: Int
    let seriesNames: [String]
    /// The number of values of each series.
    let seriesCounts: [Int]
    let forms: [EventBlock.KnownForm]
    private let bytes: [UInt8]
    private let columns: [Range<Int>]

    init(_ bytes: [UInt8]) throws(RunStorageError) {
        self.bytes = bytes
        var reader = ByteReader(bytes, 0..<bytes.count)
        let version = try reader.byte()
        guard version == EventBlock.version else {
            throw .unreadable("a block of events has version \(version), expected 1")
        }
        count = try reader.count(limit: IntegerColumn.mostRows)
        var (names, counts): ([String], [Int]) = ([], [])
        for _ in 0..<(try reader.count(limit: bytes.count)) {
            names.append(try reader.text())
            counts.append(try reader.count(limit: IntegerColumn.mostRows))
        }
        (seriesNames, seriesCounts) = (names, counts)
        var forms: [EventBlock.KnownForm] = []
        for _ in 0..<(try reader.count(limit: bytes.count)) {
            forms.append(try Self.form(&reader, series: names))
        }
        self.forms = forms
        var lengths: [Int] = []
        for _ in 0..<(EventBlock.Column.all.count + names.count) {
            lengths.append(try reader.count(limit: bytes.count))
        }
        var (start, columns) = (reader.position, [Range<Int>]())
        for length in lengths {
            columns.append(start..<start + length)
            start += length
        }
        guard start == bytes.count else {
            throw .unreadable("a block of events has \(bytes.count) bytes, expected \(start)")
        }
        self.columns = columns
    }

    private static func form(
        _ reader: inout ByteReader,
        series names: [String]
    ) throws(RunStorageError) -> EventBlock.KnownForm {
        let name = try reader.text()
        guard let coding = StoredEntry.Coding(rawValue: try reader.byte()) else {
            throw .unreadable("events \"\(name.prefix(80))\" have an unknown coding")
        }
        var places: [Int] = []
        for _ in 0..<(try reader.count(limit: names.count)) {
            let place = try reader.count(limit: names.count)
            guard names.indices.contains(place), !places.contains(place) else {
                throw .unreadable("series \(place) of \(names.count) is not one of an event's own")
            }
            places.append(place)
        }
        guard coding != .episode || places.count == 2 else {
            throw .unreadable("an episode has \(places.count) numbers, expected 2")
        }
        let form = StoredEntry.Form(name: name, coding: coding, series: places.map { names[$0] })
        return EventBlock.KnownForm(form: form, series: places)
    }

    func integers(_ column: EventBlock.Column) throws(RunStorageError) -> [Int] {
        var reader = ByteReader(bytes, columns[column.place])
        return try IntegerColumn.values(&reader)
    }

    private func numbers(_ column: EventBlock.Column) throws(RunStorageError) -> [Double] {
        var reader = ByteReader(bytes, columns[column.place])
        return try NumberColumn.values(&reader)
    }

    func texts() throws(RunStorageError) -> [String] {
        var reader = ByteReader(bytes, columns[EventBlock.Column.texts.place])
        var texts: [String] = []
        while !reader.isAtEnd { texts.append(try reader.text()) }
        return texts
    }

    func values(ofSeries place: Int) throws(RunStorageError) -> [Double] {
        var reader = ByteReader(bytes, columns[EventBlock.Column.all.count + place])
        return try NumberColumn.values(&reader)
    }

    /// How many values a series has here.
    func count(ofSeries name: String) -> Int {
        seriesNames.firstIndex(of: name).map { seriesCounts[$0] } ?? 0
    }

    /// The rows of the events that have a value of a series.
    func rows(ofSeries place: Int) throws(RunStorageError) -> [Int] {
        let hasSeries = forms.map { $0.series.contains(place) }
        if hasSeries.allSatisfy({ $0 }) { return Array(0..<count) }
        var rows: [Int] = []
        for (row, form) in try integers(.formOfEvent).enumerated() {
            guard hasSeries.indices.contains(form) else {
                throw .unreadable("a block of events has \(forms.count) forms, not form \(form)")
            }
            if hasSeries[form] { rows.append(row) }
        }
        return rows
    }

    /// Where all events lie along every axis.
    func positions() throws(RunStorageError) -> [TrainingPosition] {
        var positions = [TrainingPosition](repeating: TrainingPosition(), count: count)
        for axis in TrainingAxis.counts {
            let column = try integers(.position(axis))
            try checkLength(column.count)
            for (row, value) in column.enumerated() { positions[row][count: axis] = value }
        }
        let seconds = try numbers(.position(.wallSeconds))
        try checkLength(seconds.count)
        for (row, value) in seconds.enumerated() { positions[row].wallSeconds = value }
        return positions
    }

    /// Where all events lie along one axis.
    func positions(along axis: TrainingAxis) throws(RunStorageError) -> [Double] {
        let positions =
            axis.isCount
            ? try integers(.position(axis)).map(Double.init) : try numbers(.position(axis))
        try checkLength(positions.count)
        return positions
    }

    private func checkLength(_ length: Int) throws(RunStorageError) {
        guard length == count else {
            throw .unreadable("the columns of a block of events differ in length")
        }
    }
}
