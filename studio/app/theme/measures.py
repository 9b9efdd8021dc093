"""Sizes, gaps and reaches of the canvas and of what is drawn on it.

In canvas pixels at 100 %; what ends in PX is in pixels of the screen at every zoom.
"""

from __future__ import annotations

from studio.app.theme.tokens import STRIPE

# Cards --------------------------------------------------------------------------------------------

PORT_LINE = 28.0
"""Height of the ports below a card's top: the same for every card, so that wires in a row are straight."""

PORT_STEP = 16.0

GRID = 8
"""Cards are whole multiples of it, and snap to it."""

READABLE_PX = 10
"""No name is painted smaller than this on screen."""

MIN_WIDTH, MAX_WIDTH, CARD_HEIGHT = 112, 208, 56
WIDEST_CARD = 640.0
"""No card can be made wider than this."""

COLLAPSED_WIDTH, COLLAPSED_HEIGHT = 48, 24.0
PICTURE_WIDTH, PICTURE_HEIGHT = 160, 72
CARD_LEFT, CARD_RIGHT = STRIPE + 10, 12
CARD_LINE = 16
"""Height of each further line of small words."""

FLAKE = 16.0
"""Side of the snowflake on a card that is frozen."""

CARD_MARGIN = 14
"""Room around a card in its sprite, for shadow, rings and badges."""

BADGE_DOT = 6.0
"""Radius of what is left of a badge on a collapsed card."""

CARD_SHADOW = (10.0, 8.5, 7.0, 5.5, 4.0, 2.5, 1.0)
"""How far the layers of a card's shadow spread."""

SHADOW_DROP = 3.0

SHEET_INSET, SHEET_STEP = 6.0, 4.0
"""How much narrower and lower each further sheet of a pile lies."""

PORT_DOT = 4.0
SIGN_INSET, SIGN_RADIUS = 6.0, 9.0
"""Where the sign of a problem is on the upper edge, from the right, and how large."""

FROST_STEP, FROST_OPACITY, FROST_INSET = 8.0, 0.2, 3.0
STRIP = 5.0
"""Height of the colours of what is inside a block, along the lower edge of its card."""

INNER_PAD = 28.0
"""Room at its left and right, up to the edges of the card."""

INNER_WELL, INNER_AIR = 8.0, 12.0
"""Frame of the card around the ground on which it is painted, and the least of that ground around it."""

LARGEST_INNER = 1600.0, 1000.0
"""A larger inside is drawn smaller: a card is never much larger than a screen."""

ROOM_ABOVE = 88.0
"""Distance that is kept from what lies above: as much as a card grows that shows a live picture."""

OUTLINE = 2.0
BLOCK_EDGE_PX, BLOCK_COUNT_PX = 1.5, 8
"""From afar, what is left of a block around its parts' colours, and the size of its number of copies."""

PROBLEM_EDGE_PX = 2.0
"""From afar, nodes with problems have a frame this wide."""

PILL_TEXT_PX = 10
PILL_HEIGHT = 16.0
PILL_LIFT = 10.0
"""How far above the wire a pill sits, so that the wire stays visible."""

PILL_TOUCH = 2.0
"""By how much a pill may reach over the edge of a card, in canvas pixels."""

# Wires --------------------------------------------------------------------------------------------

WIRE_BEND = 40.0
"""Control length of short wires, and how far a backward wire swings out."""

LANE_GAP = 28.0
"""Distance of a lane below two cards that have no room between them."""

ARCH_FROM = 200.0
"""A shorter wire has no room for a card in its way."""

ARCH_GAP = 20.0
"""Distance of a lane from the cards that it passes."""

WIRE_CLEAR = 6.0

FARTHEST_LANE = 480.0
"""A lane so far above or below both ends is not looked for."""

LANE_NEAR = 64.0
"""A wire that goes round a card runs no further from it than this."""

NEAREST_DOTS_PX = 16.0
"""Dots are never closer than this on screen; far out, every second one stays."""

GRID_DOT_PX = 2.0

# What the mouse takes -----------------------------------------------------------------------------

PORT_PX = 10.0
"""How near to a port a press takes it."""

WIRE_PX = 6.0

WIRE_END_PX = 28.0
"""How near to its end a wire is taken off by dragging it."""

DOOR_SPREAD = 4.0
"""How far the outline of the block stands off its card, on screen."""

SNAP_PX = 14.0
"""How near to a port the free end snaps to it."""

INSERT_REACH_PX = 16.0
"""How near to a wire the cursor must be for what it holds to go onto it."""

LEVEL_REACH = 24.0
"""So near to level with a straight wire, in canvas pixels, nodes that land on it keep it straight."""

CARD_EDGE_PX = 4.0
"""How near to a card's right edge a press takes the edge."""

DOT_REACH_PX = 8.0
"""How near to a dot a press takes it, on screen."""

GUIDE_REACH = 5.0
"""How near in line is near enough, in canvas pixels; less than the grid, so that both can be had."""

SPACING_ASIDE = 10.0
"""How far from the dragged card the lines run, in canvas pixels: wires run at its middle."""

# What floats --------------------------------------------------------------------------------------

OVERLAY_INSET = 14.0

SPACE_STROKE = 8.0
"""Length of the strokes at the ends of a line across a gap, on screen."""

MAP_INSET = 14
CRUMBS_AT = 8, 8
TOTALS_WIDTH, TOTALS_HEIGHT = 440, 56
"""The lower left corner, where the totals are."""

MAP_NEEDS = 560, 320
"""A smaller widget has no room for the overview."""

MAP_PADDING = 8.0

LEAST_MAP_BLOCK = 1.5
"""No block is narrower or lower, in pixels of the map."""

WIDEST_CRUMB = 220.0
"""A longer name is shortened in its middle, in pixels."""

PASTE_STEP = 24.0
"""How far further each repeated paste goes, down and to the right."""

COPY_OFFSET = 24.0

PLACE_GAP = 80.0
PLACE_STEP = 64.0
"""So far down it goes on where a place is taken."""

# Frames, notes and arrows -------------------------------------------------------------------------

NOTE_SIZE = 200.0, 72.0

FRAME_SIZE = 320.0, 200.0

ARROW_WAY = 128.0, 64.0

ARROW_HEAD = 12.0
"""Length of an arrow's head; also how far its words reach over the line."""

NOTE_FIELD_WIDTH, NOTE_FIELD_HEIGHT = 180, 96

# Arranging ----------------------------------------------------------------------------------------

ROW_GAP = 72.0

ROW_WIDTH = 900.0
"""No row is cut shorter than this."""

GAP_ALONG, GAP_ACROSS = 80.0, 40.0
"""Room between layers, and between the nodes of one."""

STRAIGHTEN_BY = 24.0
"""A node goes no further up or down for a level wire."""

STRAIGHTEN_ROOM = 24.0
"""What stays free between it and its neighbours."""

NOTE_NEAR = 400.0
"""A note or arrow goes along with the nearest node, if there is one so near."""

PICTURE_BORDER = 24.0
"""Empty space around the network, in canvas pixels."""

GALLERY_WIDTH, GALLERY_HEIGHT = 196, 112
"""Of a picture, in logical pixels."""

CURVE_WIDTH = 2
