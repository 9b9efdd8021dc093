"""Which test checks which row of the lecture, for the groups that are covered so far.

A row is a number of the lecture's list. Beside it stand the tests that check it, as files below ``tests`` and
the names behind ``test_``; or a note that says why there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """Why a row has no test of its own."""

    reason: str


Checked = tuple[str, ...]
"""``"training/test_fit rows_do_not_fit_an_image"``: a file and a test in it."""

GROUPS: Mapping[str, range] = {
    "B definition": range(15, 25),
    "C activations": range(25, 32),
    "D capacity": range(32, 36),
    "E objective": range(36, 47),
    "F selection": range(47, 57),
    "G mini-batch": range(57, 62),
    "H hard": range(62, 70),
    "J dropout": range(82, 91),
    "K batch norm": range(91, 114),
    "L optimization": range(114, 122),
    "M visualization": range(122, 127),
    "O data sets": range(134, 145),
    "P AlexNet": range(145, 153),
    "V recipe": range(213, 225),
    "W testing": range(225, 237),
    "X neighbours": range(237, 243),
}

_LATER = "Not part of the program yet: "
_IMAGENET = "Needs ImageNet or COCO to repeat; "

_TABLES: Checked = (
    "zoo/test_published_errors differences_that_the_papers_text_states_come_out",
    "app/test_published runs_stand_above_the_tables",
)

_ABLATION: Checked = (
    "zoo/actions/test_actions the_lectures_ablation_of_alexnet",
    "training/test_ablation alexnet_loses_what_the_lecture_counts",
)

ROWS: Mapping[int, Checked | Note] = {
    15: (
        "app/neuron/test_neuron values_equal_the_hand_computation",
        "app/neuron/test_dialog typed_numbers_are_kept_exactly",
    ),
    16: ("app/neuron/test_neuron the_bias_shifts_the_ridge_along_w",),
    17: (
        "app/neuron/test_neuron the_plotted_range_is_within_the_one_that_is_stated",
        "app/neuron/test_dialog another_g_has_another_range_and_only_prelu_a_slope",
    ),
    18: (
        "probes/test_surfaces h_is_g_of_a_from_either_side",
        "app/panels/surface/test_panel a_and_h_are_both_there_to_choose",
    ),
    19: ("lecture/test_definition one_hidden_layer_is_its_formula_in_numpy",),
    20: ("lecture/test_definition layers_of_a_width_are_built_as_counted",),
    21: ("lecture/test_definition softmax_sums_to_one_and_does_not_see_a_constant",),
    22: (
        "lecture/test_definition units_are_found_by_the_lectures_names",
        "app/neuron/test_neuron g_and_its_slope_are_torchs",
    ),
    23: (
        "lecture/test_definition boxes_one_by_one_are_the_whole_forward_to_the_bit",
        "training/stepping/test_passes all_numbers_are_those_of_a_whole_pass",
        "app/stepping/test_dialog buttons_go_forward_to_the_loss_and_back",
    ),
    24: (
        "graph/test_topology order_is_topological_or_there_is_a_cycle",
        "graph/test_topology a_cycle_names_the_way_round_and_all_its_nodes",
        "app/canvas/gestures/test_draw_wire cycle_is_refused_while_dragging_and_on_release",
    ),
    25: ("app/neuron/test_neuron sigmoid_is_positive_bounded_and_strictly_increasing",),
    26: ("app/neuron/test_neuron both_formulas_of_tanh_are_the_same",),
    27: (
        "probes/test_activations relu_shows_its_zeros",
        "app/neuron/test_neuron relu_is_not_strictly_increasing_and_says_so",
    ),
    28: (
        "app/help/test_pages help_does_not_repeat_the_lectures_error",
        "app/neuron/test_neuron relu_is_not_strictly_increasing_and_says_so",
    ),
    29: ("lecture/test_definition only_linear_layers_collapse_to_one_matrix",),
    30: ("lecture/test_definition half_of_relus_activities_are_zero_without_bias",),
    31: (
        "lecture/test_definition prelu_learns_a_slope_or_one_for_each_channel",
        "app/neuron/test_neuron prelu_is_relu_or_linear_at_its_ends",
    ),
    32: (
        "lecture/test_capacity one_neuron_learns_and_and_or",
        "lecture/test_capacity one_neuron_gets_three_corners_of_xor_at_most",
        "lecture/test_capacity two_hidden_units_learn_xor",
        "training/test_field probabilities_are_those_of_a_direct_forward",
    ),
    33: (
        "lecture/test_capacity 128_tanh_units_approximate_a_curve_to_nine_digits",
        "app/approximation/test_approximation a_fit_is_what_the_drawn_network_computes",
    ),
    34: (
        "lecture/test_capacity any_of_these_units_will_do",
        "app/approximation/test_approximation many_units_are_closer_than_few",
    ),
    35: ("lecture/test_capacity nothing_guarantees_that_the_weights_are_found",),
    36: ("training/test_fit rows_do_not_fit_an_image", "data/test_csv_table damage_is_said_in_words"),
    37: (
        "app/panels/test_objective the_formula_follows_the_design",
        "app/panels/test_objective the_terms_add_up_to_the_loss_at_every_step",
        "training/test_regularizer value_and_gradient_equal_the_formula_and_finite_differences",
    ),
    38: (
        "app/plots/test_learning_curves accuracy_is_in_percent",
        "training/test_loop everything_is_told_in_order",
    ),
    39: ("training/test_fit design_without_a_loss_is_warned_of_on_its_last_layer",),
    40: (
        "training/test_regularizer the_factor_of_2_against_torchs_weight_decay",
        "training/test_optimizers biases_and_normalizations_can_be_spared_weight_decay",
    ),
    41: ("training/test_loop losses_are_told_even_when_time_stands_still",),
    42: (
        "training/test_loop same_seed_gives_the_same_weights_to_the_bit_and_another_seed_others",
        "compiler/test_initialization one_seed_gives_one_set_of_weights_and_another_seed_others",
    ),
    43: (
        "training/test_evaluating classifier_equals_numpy",
        "training/test_fit too_few_outputs_for_the_classes_has_a_fix",
    ),
    44: (
        "training/test_gradient negative_log_likelihood_by_the_probabilities",
        "training/stepping/test_walk a_gradient_is_what_the_lecture_computes_by_hand",
    ),
    45: (
        "training/test_gradient every_parameters_gradient_is_that_of_finite_differences",
        "probes/test_parameters norms_are_those_of_weights_gradients_and_changes",
        "app/plots/test_depth_plot newest_gradients_of_the_weights_stand_in_order",
    ),
    46: (
        "lecture/test_likelihood the_product_of_the_boxes_jacobians_is_the_networks",
        "training/stepping/test_passes all_numbers_are_those_of_a_whole_pass",
    ),
    47: (
        "data/test_splits parts_are_disjoint_and_complete",
        "data/test_splits stratified_parts_keep_the_proportions",
        "app/panels/evaluation/test_panel the_test_part_is_warned_of_and_looked_at_only_when_asked",
    ),
    48: Note(_LATER + "the search over settings. Runs are compared by their validation loss by hand."),
    49: ("data/test_statistics variance_is_numpys_with_one_degree_of_freedom_less",),
    50: ("data/test_statistics mean_and_variance_are_unbiased",),
    51: (
        "training/test_scores interval_of_a_rate",
        "training/test_scores interval_covers_the_truth_about_95_times_in_100",
        "training/test_together interval_over_seeds_is_students",
    ),
    52: ("lecture/test_likelihood the_mean_negative_log_likelihood_is_that_of_all_samples_together",),
    53: (
        "data/test_statistics the_maximum_likelihood_covariance_is_the_unbiased_one_times_t_minus_1_over_t",
    ),
    54: ("app/plots/test_learning_curves gap_is_the_difference_of_the_two_curves",),
    55: (
        "training/test_stopping it_stops_at_the_lowest_loss_and_so_many_epochs",
        "training/test_stopping the_weights_put_back_are_the_best_epochs_to_the_bit",
    ),
    56: (
        "training/test_stopping the_weights_put_back_are_the_best_epochs_to_the_bit",
        "lecture/test_batch_norm running_statistics_take_the_unbiased_variance",
    ),
    57: (
        "training/test_gradient a_batchs_gradient_is_the_mean_of_its_samples_regularized_gradients",
        "training/test_loop drop_last_leaves_the_incomplete_batch_out",
    ),
    58: ("lecture/test_gradient_noise variance_of_a_batchs_gradient_falls_with_its_size",),
    59: Note("A matter of time, which no test asserts; a run tells its samples per second as it goes."),
    60: (
        "training/test_optimizers momentum",
        "training/test_optimizers nesterov",
        "training/test_optimizers momentum_with_dampening_is_the_exponential_average_of_the_gradients",
    ),
    61: ("training/test_gradient momentum_passes_a_plateau_in_fewer_steps",),
    62: Note(_LATER + "Boltzmann machines, which no graph of layers with one forward pass describes."),
    63: (
        "lecture/test_why_hard several_units_are_active_for_one_sample",
        "lecture/test_inside several_units_are_active_and_a_layer_tells_classes_apart_after_training",
    ),
    64: ("probes/test_filters grey_convolution_shows_its_kernels_largest_first",),
    65: (
        "lecture/test_why_hard gradients_vanish_behind_sigmoids_and_not_behind_he_and_relu",
        "probes/test_units saturated_share_is_where_the_derivative_is_below_a_hundredth",
        "doctor/test_planted vanishing_gradient_is_found_at_the_first_layer",
        "doctor/test_planted relu_with_he_keeps_the_gradient",
    ),
    66: ("lecture/test_why_hard gradients_through_time_die_out_with_the_spectral_radius",),
    67: ("doctor/test_planted random_labels_are_learned_by_heart",),
    68: (
        "doctor/test_planted random_labels_are_learned_by_heart",
        "doctor/test_planted too_small_a_network_underfits",
    ),
    69: (
        "training/test_cuda the_losses_are_those_of_the_cpu",
        "training/test_distributed two_processes_find_what_one_finds_and_go_on",
        "training/test_run missing_device_makes_no_run",
    ),
    82: ("lecture/test_dropout a_share_of_p_is_zero_and_each_step_has_a_mask_of_its_own",),
    83: ("lecture/test_inside with_dropout_units_are_less_correlated",),
    84: ("lecture/test_dropout a_share_of_p_is_zero_and_each_step_has_a_mask_of_its_own",),
    85: (
        "lecture/test_dropout the_next_layer_sees_the_masked_activations",
        "zoo/test_templates mlp_puts_normalization_before_and_dropout_after_the_activation",
    ),
    86: ("lecture/test_dropout classic_dropout_with_weights_of_twice_the_size_is_the_inverted_one",),
    87: ("lecture/test_dropout evaluation_is_the_geometric_mean_over_all_masks_of_one_hidden_layer",),
    88: Note(_LATER + "unsupervised pre-training. Initial weights can be taken from any file."),
    89: Note("A claim about data sets; two runs, with and without, are compared in the list of runs."),
    90: ("lecture/test_dropout evaluation_is_the_geometric_mean_over_all_masks_of_one_hidden_layer",),
    91: (
        "data/transforms/test_fitted standardization_uses_the_training_parts_numbers_everywhere",
        "data/transforms/test_fitted test_data_are_whitened_with_the_training_parts_numbers",
    ),
    92: ("lecture/test_batch_norm algorithm_1_line_by_line",),
    93: (
        "zoo/actions/test_places added_layer_stands_between_convolution_and_activation",
        "zoo/actions/test_actions every_convolution_gets_a_normalization",
    ),
    94: ("lecture/test_batch_norm algorithm_1_line_by_line",),
    95: ("lecture/test_batch_norm the_gradient_takes_the_normalization_into_account",),
    96: (
        "lecture/test_batch_norm evaluation_looks_at_no_other_sample_and_gives_the_same_again",
        "training/test_statistics what_is_said_of_one_sample_does_not_depend_on_the_others",
    ),
    97: ("lecture/test_batch_norm algorithm_1_line_by_line",),
    98: ("lecture/test_batch_norm scale_and_shift_can_undo_it",),
    99: ("lecture/test_batch_norm it_keeps_units_out_of_saturation",),
    100: ("data/transforms/test_fitted whitened_training_data_have_the_identity_as_covariance",),
    101: ("lecture/test_detached_statistics a_bias_grows_without_end_where_the_gradient_ignores_the_mean",),
    102: ("lecture/test_batch_norm the_statistics_of_one_sample_lose_its_scale",),
    103: ("lecture/test_batch_norm maps_are_normalized_over_samples_and_places",),
    104: ("lecture/test_depth thirty_layers_learn_only_with_a_normalized_start_or_normalization_between",),
    105: ("lecture/test_batch_norm a_sigmoid_is_nearly_linear_where_its_input_is_normalized",),
    106: (
        "training/test_fit batch_norm_needs_more_than_one_sample",
        "training/test_loop last_batch_of_one_is_left_out_before_batch_norm_and_said_once",
    ),
    107: ("lecture/test_batch_norm fewer_samples_than_features_have_a_singular_covariance",),
    108: (
        "lecture/test_batch_norm algorithm_1_line_by_line",
        "training/stepping/test_seen lines_are_those_of_algorithm_1",
    ),
    109: ("lecture/test_batch_norm maps_are_normalized_over_samples_and_places",),
    110: ("lecture/test_batch_norm evaluation_looks_at_no_other_sample_and_gives_the_same_again",),
    111: (
        "training/test_statistics the_final_phase_is_numpys_mean_and_variance_layer_by_layer",
        "training/test_statistics the_final_phase_does_not_depend_on_the_size_of_its_batches",
        "training/test_statistics after_the_final_phase_evaluation_is_training_on_everything_at_once",
    ),
    112: ("lecture/test_batch_norm running_statistics_take_the_unbiased_variance",),
    113: (
        "training/test_statistics update_bn_is_torchs_and_not_the_final_phase",
        "training/test_statistics update_bn_is_algorithm_2_of_the_paper",
        "app/panels/evaluation/test_panel the_statistics_of_batch_normalization_are_chosen_by_name",
    ),
    114: ("project/test_presets the_lectures_recipe_is_set_as_stated",),
    115: (
        "training/test_lr_search halving_ends_at_the_first_rate_below_two_over_the_curvature",
        "training/test_lr_search halving_uses_a_part_of_the_data_and_repeats",
    ),
    116: ("training/test_schedules a_decay_by_a_hundred_ends_at_a_hundredth",),
    117: ("lecture/test_likelihood relu_is_what_a_new_perceptron_has",),
    118: (
        "compiler/test_initialization "
        "he_keeps_the_second_moment_through_20_layers_and_torchs_default_does_not",
        "compiler/test_initialization lsuv_leaves_every_layer_with_unit_variance_on_the_batch",
    ),
    119: ("compiler/test_initialization he_gives_the_standard_deviation_of_root_two_over_fan",),
    120: (
        "training/test_kfac one_step_solves_linear_least_squares",
        "training/test_kfac it_falls_faster_than_sgd_where_inputs_differ_in_size",
    ),
    121: ("lecture/test_depth thirty_layers_learn_only_with_a_normalized_start_or_normalization_between",),
    122: (
        "training/gradcheck/test_checks gradients_of_torchs_layers_are_right",
        "training/gradcheck/test_checks a_wrong_custom_function_is_caught_at_its_node",
        "training/gradcheck/test_differences a_smooth_function_is_met_to_ten_digits",
        "cli/test_gradcheck a_sound_network_is_right",
        "app/test_gradient_check what_is_right_and_wrong_stands_in_the_table",
    ),
    123: (
        "probes/test_unit_relations the_correlation_is_numpys",
        "app/inside/test_window correlations_stand_without_constant_units_which_are_listed",
        "probes/test_feature_maps maps_at_every_depth_are_what_the_layers_give",
    ),
    124: (
        "engine/test_looking_inside values_are_what_the_network_gives",
        "probes/test_unit_values values_and_sums_over_batches_equal_numpy_of_the_whole",
        "app/inside/test_window the_matrix_is_in_the_order_that_is_chosen",
    ),
    125: (
        "probes/test_weight_relations the_correlation_of_filters_is_numpys",
        "probes/test_filters grey_convolution_shows_its_kernels_largest_first",
        "app/inside/test_weights_page both_are_shown_and_read",
    ),
    126: (
        "probes/test_unit_relations planted_units_are_all_listed_and_no_others",
        "cli/test_inside planted_units_are_named",
    ),
    134: (
        "training/test_loop digits_are_learned",
        "training/test_real_data lenet5_reaches_99_percent_on_mnist",
    ),
    135: ("data/test_photographs house_numbers_call_ten_nought",),
    136: (
        "data/test_image_folder classes_are_sorted_and_pictures_are_what_their_folder_says",
        "data/test_image_folder the_middle_is_cut_out",
        "cli/test_own_pictures pictures_of_many_sizes_go_to_43_outputs",
    ),
    137: ("zoo/test_networks multi_stage_classifier_sees_both_stages",),
    138: ("zoo/actions/test_outputs every_cell_of_the_map_is_what_the_crop_gives",),
    139: Note(_LATER + "region proposals, pooling of regions and the suppression of overlapping boxes."),
    140: Note(_LATER + "targets that are masks: a data set gives a class, values, or the sample itself."),
    141: (
        "data/test_image_folder thousand_classes_keep_their_order",
        "data/test_on_demand a_thousand_classes_keep_their_order_and_stay_in_their_files",
    ),
    142: (
        "data/test_image_folder folders_of_parts_decide_the_split",
        "data/test_statistics classes_are_counted_in_every_part",
    ),
    143: ("data/test_photographs cifar_is_decoded_to_the_bit",),
    144: Note(_LATER + "boxes and masks as targets, and so the reader for COCO."),
    145: (
        "compiler/test_shapes alexnet_sizes_by_hand",
        "zoo/test_published_counts depth_counts_layers_with_weights",
    ),
    146: _TABLES,
    147: ("zoo/test_published_counts depth_counts_layers_with_weights",),
    148: _ABLATION,
    149: _ABLATION,
    150: _ABLATION,
    151: _ABLATION,
    152: (
        "training/test_ablation each_layer_with_weights_goes_once",
        "training/test_ablation what_is_left_computes_with_the_weights_it_was_trained_with",
        "app/test_ablation chosen_layers_are_asked_about_and_stand_in_the_table",
    ),
    213: (
        "data/transforms/test_geometry scale_jitter_gives_squares_and_the_middle_scale_in_evaluation",
        "data/transforms/test_geometry a_square_of_a_resized_sample_is_that_of_torchvision",
    ),
    214: ("data/transforms/test_geometry a_crop_of_a_size_takes_every_place_and_the_middle_in_evaluation",),
    215: ("data/transforms/test_geometry each_sample_is_mirrored_or_left",),
    216: ("data/transforms/test_fitted pixel_mean_is_that_of_every_pixel",),
    217: ("data/transforms/test_fitted colour_noise_moves_along_numpys_eigenvectors_by_its_eigenvalues",),
    218: ("project/test_presets he_and_others_recipe_for_imagenet",),
    219: ("training/test_schedules plateau_is_torchs",),
    220: (
        "project/test_presets he_and_others_recipe_for_imagenet",
        "training/test_stopping a_limit_of_steps_ends_within_an_epoch_and_validates",
    ),
    221: (
        "project/test_presets he_and_others_recipe_for_imagenet",
        "training/test_optimizers weight_decay_adds_to_the_gradient",
    ),
    222: ("project/test_presets it_says_what_the_network_lacks",),
    223: ("compiler/test_initialization by_default_the_weights_are_torchs_own_draw_to_the_bit",),
    224: ("project/test_presets he_and_others_recipe_for_imagenet",),
    225: ("training/test_scores ranks_count_ties_as_a_stable_sort_does",),
    226: (
        "training/test_views ten_crops_equal_torchvision",
        "training/test_together ten_crops_are_the_mean_over_torchvisions",
    ),
    227: (
        "zoo/actions/test_outputs every_cell_of_the_map_is_what_the_crop_gives",
        "zoo/actions/test_outputs at_its_own_size_a_zoo_network_gives_its_scores",
    ),
    228: ("training/test_views scales_bring_the_shorter_side_to_each_length",),
    229: (
        "training/test_together runs_vote_by_the_mean_of_their_softmaxes",
        "training/test_together votes_weigh_the_softmaxes",
    ),
    230: _TABLES,
    231: _TABLES,
    232: _TABLES,
    233: _TABLES,
    234: Note(_IMAGENET + "detection is rows 139 and 144."),
    235: Note("A statement about competitions; nothing to do in a program."),
    236: (
        "engine/test_looking maps_of_a_convolution",
        "probes/test_feature_maps maps_at_every_depth_are_what_the_layers_give",
        "app/inside/test_sample_pages a_place_of_a_map_is_read_and_its_layer_chosen",
    ),
    237: Note(_LATER + "pooling over a dictionary, as Fisher vectors and VLAD do it."),
    238: Note("An analogy with solvers of equations; nothing to do in a program."),
    239: Note(
        "A claim about gates that the networks of the program do not have: its shortcuts are identities."
    ),
    240: Note(_LATER + "Boltzmann machines, which no graph of layers with one forward pass describes."),
    241: Note(_LATER + "sparse coding, whose codes are found by a search and not by a forward pass."),
    242: (
        "engine/test_looking_inside two_numbers_are_shown_as_they_are",
        "probes/test_embedding points_are_those_of_scikit_learn",
        "app/inside/test_embedding_page points_stand_with_what_they_mean",
    ),
}
