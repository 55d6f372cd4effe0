extension FingerprintTests {
    /// The numbers by the case's name; those of fp32 are the same on every CPU that our kernels know.
    static let expected: [String: (record: UInt64, replay: UInt64?)] = [
        "atari/breakout bf16": (0x4833_9a24_20d7_0737, 0xfaf9_5bfc_f879_409d),
        "atari/breakout overlapped 1": (0x301e_6569_7daa_61f0, 0x5240_8054_f1fb_1335),
        "atari/breakout overlapped 3": (0x4cfa_4b17_115e_4256, 0x762f_3b8b_1259_7244),
        "atari/breakout sequential 1": (0x27d5_3318_162e_82c9, 0x9b85_5db5_0902_3ab2),
        "atari/breakout sequential 3": (0xfabc_b4b1_85fe_561e, 0x8ce8_e1c2_c9fb_b58c),
        "cartpole overlapped 1": (0xd7dd_fd49_f06f_e1a7, 0xcc12_da22_dfa0_bc8b),
        "cartpole overlapped 3": (0x1954_12d1_f971_3361, 0x9422_dfdf_42f6_e0c0),
        "cartpole sequential 1": (0x95c6_f999_e094_0bce, 0xcc12_da22_dfa0_bc8b),
        "cartpole sequential 3": (0xc66a_7115_6eb2_4818, 0x9422_dfdf_42f6_e0c0),
        "catch bf16": (0xa332_6c1c_bddc_3168, 0x058d_ea0a_4bc6_fd7f),
        "catch overlapped 1": (0xc8a8_8cb3_2df6_9376, 0xba5a_7bc2_7762_58c1),
        "catch overlapped 3": (0xc20c_8b8e_8111_f408, 0xe579_b707_907a_ebb8),
        "catch sequential 1": (0xb2bb_fece_91aa_9134, 0x681e_874a_f0a3_2312),
        "catch sequential 3": (0x9266_5bcd_b105_360a, 0x4692_70c6_38ba_d0ac),
        "frozen-lake": (0xa272_238c_1a2c_4e82, nil),
        "routes": (0x0df5_615d_d18e_c29a, nil),
    ]
}
