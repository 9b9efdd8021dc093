"""Changes to whole networks: pure functions from a graph to a graph, through all blocks, one edit each.

Each returns a `Change`: the new graph, and a sentence that says what was done.
"""

from studio.zoo.actions.ablation import delete_and_reconnect as delete_and_reconnect
from studio.zoo.actions.change import Change as Change
from studio.zoo.actions.deepen import deepen_with_identity as deepen_with_identity
from studio.zoo.actions.dense_to_conv import convert_fc_to_conv as convert_fc_to_conv
from studio.zoo.actions.head import replace_head as replace_head
from studio.zoo.actions.layers import insert_batch_norm as insert_batch_norm
from studio.zoo.actions.layers import replace_activation as replace_activation
from studio.zoo.actions.menu import Action as Action
from studio.zoo.actions.menu import actions as actions
from studio.zoo.actions.removable import removable as removable
from studio.zoo.actions.scale import multiply_depth as multiply_depth
from studio.zoo.actions.scale import multiply_width as multiply_width
from studio.zoo.actions.shortcuts import remove_shortcuts as remove_shortcuts
from studio.zoo.actions.shortcuts import switch_shortcuts as switch_shortcuts
