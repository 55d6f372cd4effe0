// One agent of a Unity game that a dqn-server trains: a call a step.
//
// The server needs a job of the environment "client" with the same observation and actions:
//   curl --json '{"environment":"client","environment_options":{"observation":{"shape":[4],
//     "scalar":"float32"},"actions":["LEFT","RIGHT"]}}' http://127.0.0.1:8080/v1/jobs
// Then, in a MonoBehaviour:
//   var player = new DQNPlayer("http://127.0.0.1:8080", job);
//   yield return player.Join();
//   yield return player.Act(observation);                                  // begins an episode
//   while (player.Action >= 0) {
//       ApplyToGame(player.Action);
//       yield return new WaitForFixedUpdate();
//       yield return player.Act(observation, reward, hasFallen, isTimeUp);
//   }
using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Text;
using UnityEngine;
using UnityEngine.Networking;

public sealed class DQNPlayer {
    /// What to do next; -1 after an episode's last observation.
    public int Action { get; private set; } = -1;

    /// What went wrong with the newest call; null where nothing did.
    public string Error { get; private set; }

    private readonly string server;
    private readonly string job;
    private string id;
    private long sequence;

    public DQNPlayer(string server, string job) {
        this.server = server;
        this.job = job;
    }

    public IEnumerator Join(string mode = "train") {
        yield return Post($"/v1/jobs/{job}/players", $"{{\"mode\":\"{mode}\"}}", text => {
            id = JsonUtility.FromJson<Joined>(text).id;
            sequence = 0;
        });
    }

    /// Tells what is seen and what the last action brought; leave the reward out where an episode begins.
    public IEnumerator Act(
        float[] observation, float? reward = null, bool terminated = false, bool truncated = false, int? taken = null
    ) {
        var step = new StringBuilder("{\"observation\":[");
        step.Append(string.Join(",", observation.Select(Number))).Append(']');
        if (reward is float brought) step.Append(",\"reward\":").Append(Number(brought));
        if (terminated) step.Append(",\"terminated\":true");
        if (truncated) step.Append(",\"truncated\":true");
        if (taken is int action) step.Append(",\"action_taken\":").Append(action);
        var call = $"{{\"sequence\":{sequence + 1},\"agents\":[{step}}}]}}";
        yield return Post($"/v1/players/{id}/act", call, text => {
            sequence += 1;
            // JsonUtility reads a null number as 0: an episode's last answer has no action.
            Action = terminated || truncated ? -1 : JsonUtility.FromJson<Answer>(text).actions[0].action;
        });
    }

    private IEnumerator Post(string path, string body, Action<string> read) {
        using var request = new UnityWebRequest(server + path, "POST");
        request.uploadHandler = new UploadHandlerRaw(Encoding.UTF8.GetBytes(body));
        request.downloadHandler = new DownloadHandlerBuffer();
        request.SetRequestHeader("Content-Type", "application/json");
        yield return request.SendWebRequest();
        // A lost answer: the same call again gets the same one.
        Error = request.result == UnityWebRequest.Result.Success ? null : request.downloadHandler.text;
        if (Error == null) read(request.downloadHandler.text);
        else Debug.LogError($"{path}: {request.error} {Error}");
    }

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    [Serializable] private sealed class Joined { public string id; }
    [Serializable] private sealed class Answer { public Chosen[] actions; }
    [Serializable] private sealed class Chosen { public int action; public bool exploring; }
}
