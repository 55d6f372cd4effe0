internal import Environments
internal import HTTPServing
internal import Training

/// A call of a player, read from its request: `act` has a step for each agent, `experience` a list of
/// steps for each.
struct PlayerCall {
    let sequence: Int
    let call: ClientCall

    /// Reads JSON or bytes, as the request's type says.
    /// - Throws: Everything that is wrong, with its place.
    init(
        _ request: HTTPRequest,
        of player: PlayerView,
        in table: ClientTable,
        wantsActions: Bool
    ) throws {
        let observation = ClientObservation(table)
        let actionCount = table.specification.actionNames.count
        if request.contentType == "application/octet-stream" {
            let bytes = PlayerCallBytes(
                observation: observation,
                agentCount: player.agentCount,
                actionCount: actionCount
            )
            sequence = try bytes.sequence(of: request.body)
            call = ClientCall(
                try bytes.steps(of: request.body, areSeveral: !wantsActions),
                wantsActions: wantsActions
            )
        } else {
            let json = PlayerCallJSON(
                observation: observation,
                agentCount: player.agentCount,
                actionCount: actionCount,
                areSeveral: !wantsActions
            )
            let steps: [[ClientStep]]
            (sequence, steps) = try json.read(request)
            call = ClientCall(steps, wantsActions: wantsActions)
        }
    }
}
