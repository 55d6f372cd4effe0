internal import JSONFields
internal import Training

/// One event with its place among those of its job and of all jobs.
struct StoredEntry: Sendable {
    /// What tells two kinds of event apart: each has columns of its own in a block.
    struct Form: Equatable, Sendable {
        /// Such as `episode`.
        var name: String
        var coding: Coding
        /// The series that the event has a number for, in the order of the numbers.
        var series: [String]
    }

    /// How an event's data follow from what is stored.
    enum Coding: UInt8, Sendable {
        /// From the position, two numbers, the episode's number and how it ended.
        case episode
        /// From the position and the numbers.
        case metrics
        /// They are stored as they are.
        case text
    }

    /// What is stored besides the position and the numbers.
    enum Detail: Equatable, Sendable {
        case episode(number: Int, isTruncated: Bool)
        case metrics
        case text(String)
    }

    var sequence: Int
    var number: Int
    var position: TrainingPosition
    /// Since 1970.
    var milliseconds: Int
    var form: Form
    /// One for each of the form's series.
    var values: [Double]
    var detail: Detail

    static let episodeForm = Form(
        name: "episode",
        coding: .episode,
        series: [TrainingMetric.episodeReturn, .episodeLength].map(\.rawValue)
    )

    init(_ event: TrainingEvent, sequence: Int, number: Int) {
        self.sequence = sequence
        self.number = number
        position = event.position
        // As `timestamp` shows it.
        milliseconds = Int(exactly: (event.time * 1000).rounded(.down)) ?? 0
        var series: [String] = []
        values = []
        // An event has one number of a series at most, as its data do: the last.
        for metric in event.metrics {
            if let place = series.firstIndex(of: metric.name) {
                values[place] = metric.value
            } else {
                series.append(metric.name)
                values.append(metric.value)
            }
        }
        switch event.kind {
        case .episode(let episode):
            detail = .episode(number: episode.number, isTruncated: episode.isTruncated)
            form = Self.episodeForm
        case .metrics:
            detail = .metrics
            form = Form(name: event.kind.name, coding: .metrics, series: series)
        case .evaluation, .state, .checkpoint, .log, .rewind:
            detail = .text(JSONValue.object(event.data).description)
            form = Form(name: event.kind.name, coding: .text, series: series)
        }
    }

    init(
        sequence: Int,
        number: Int,
        position: TrainingPosition,
        milliseconds: Int,
        form: Form,
        values: [Double],
        detail: Detail
    ) {
        self.sequence = sequence
        self.number = number
        self.position = position
        self.milliseconds = milliseconds
        self.form = form
        self.values = values
        self.detail = detail
    }

    /// The event's data, one line of JSON.
    var data: String {
        switch detail {
        case .text(let text): text
        case .episode(let number, let isTruncated):
            json(
                .episode(
                    EpisodeSummary(
                        number: number,
                        episodeReturn: values[0],
                        length: Int(exactly: values[1]) ?? 0,
                        isTruncated: isTruncated
                    )
                )
            )
        case .metrics:
            json(.metrics(zip(form.series, values).map { Metric($0, $1) }))
        }
    }

    private func json(_ kind: TrainingEvent.Kind) -> String {
        // A little more than the millisecond: the nearest double may lie below it, and what is
        // shown is cut, not rounded.
        let time = (Double(milliseconds) + 0.25) / 1000
        return JSONValue.object(TrainingEvent(kind, at: position, time: time).data).description
    }
}
