import DeepQLearning
import JSONFields
import NeuralNetworks
import Testing

@Suite(.timeLimit(.minutes(5))) struct HyperparametersTests {
    @Test("the defaults are the paper's table")
    func paper() {
        let text = DQNHyperparameters().json.description
        for entry in [
            #""discount":0.99"#, #""batch_size":32"#, #""replay_capacity_frames":1000000"#,
            #""learning_starts_agent_steps":50000"#, #""update_period_agent_steps":4"#,
            #""target_update_period_agent_steps":10000"#, #""learning_rate":0.00025"#,
            #""gradient_momentum":0.95"#, #""squared_gradient_momentum":0.95"#,
            #""min_squared_gradient":0.01"#, #""loss_reduction":"sum""#, #""loss":"huber""#,
            #""initial_epsilon":1"#, #""final_epsilon":0.1"#,
            #""epsilon_decay_agent_steps":1000000"#, #""clip_rewards":true"#,
            #""schedule":"sequential""#,
            #""environment_count":1"#, #""n_step":1"#, #""bootstrap_rule":"max""#,
            #""dueling":"none""#,
            #""replay_sampling":"uniform""#,
        ] {
            #expect(text.contains(entry))
        }
    }

    @Test("what is given is taken, the rest stays, and all of it can be read again")
    func override() throws {
        var hyperparameters = DQNHyperparameters()
        var fields = FieldReader([
            "batch_size": 64, "schedule": "overlapped", "target_update_period_updates": 500,
            "network": [["type": "dense", "units": 8]], "final_epsilon": 0.01,
            "optimizer": ["type": "adam", "learning_rate": 0.0001],
        ])
        hyperparameters.read(&fields)
        try fields.finishOrThrow()
        #expect(hyperparameters.batchSize == 64)
        #expect(hyperparameters.schedule == .overlapped)
        #expect(hyperparameters.targetUpdatePeriod == .updates(500))
        #expect(hyperparameters.network == .mlp(8))
        #expect(hyperparameters.discount == 0.99)

        var copy = DQNHyperparameters()
        var written = FieldReader(try JSONValue(parsing: hyperparameters.json.text))
        copy.read(&written)
        try written.finishOrThrow()
        #expect(copy == hyperparameters)
    }

    @Test("every fault is named with its field")
    func faults() {
        var hyperparameters = DQNHyperparameters()
        var fields = FieldReader(
            [
                "batch_size": 0, "discount": 1.5, "loss": "hubert", "learning_rate": 1,
                "target_update_period_updates": 1, "target_update_period_agent_steps": 1,
                "optimizer": ["type": "sgd"], "network": [["type": "dense", "units": 0]],
            ],
            at: "/hyperparameters"
        )
        hyperparameters.read(&fields)
        fields.finish()
        #expect(
            Set(fields.faults.map(\.pointer)) == [
                "/hyperparameters/batch_size", "/hyperparameters/discount", "/hyperparameters/loss",
                "/hyperparameters/learning_rate", "/hyperparameters/optimizer/type",
                "/hyperparameters/target_update_period_updates",
                "/hyperparameters/network/0/units",
            ]
        )
    }
}
