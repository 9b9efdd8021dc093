"""Data and training settings: strict, frozen, and the same in files, on the command line and on screen."""

from __future__ import annotations

from studio.project.data_config import DataConfig as DataConfig
from studio.project.setting_types import WEIGHTS_SUFFIX as WEIGHTS_SUFFIX
from studio.project.setting_types import Config as Config
from studio.project.setting_types import Device as Device
from studio.project.setting_types import OptionValue as OptionValue
from studio.project.training_config import TrainingConfig as TrainingConfig
