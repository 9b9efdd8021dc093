"""What crosses between the window and the engine: frozen records of plain numbers, text and arrays.

Requests (`studio.engine.requests`) go to the engine and carry an id; a reply (`studio.engine.replies`,
`studio.engine.measured`) carries the same id. Live records (`studio.runs.records`) come by themselves while a
run goes on; they say which run they are about. `studio.engine.link` turns records into bytes and back. None
of these modules imports torch or Qt.
"""

from __future__ import annotations

from typing import TypeAlias

from studio.engine.ablating import AblatedVariant as AblatedVariant
from studio.engine.ablating import AblateRun as AblateRun
from studio.engine.ablating import RunAblated as RunAblated
from studio.engine.examining import Examine as Examine
from studio.engine.examining import Examined as Examined
from studio.engine.insides import LookedInside as LookedInside
from studio.engine.measured import GradientRow as GradientRow
from studio.engine.measured import GradientsChecked as GradientsChecked
from studio.engine.measured import LayersProfiled as LayersProfiled
from studio.engine.measured import LayerTime as LayerTime
from studio.engine.measured import LookedAt as LookedAt
from studio.engine.measured import LrFound as LrFound
from studio.engine.measured import Predicted as Predicted
from studio.engine.measured import RunEvaluated as RunEvaluated
from studio.engine.measured import SurfaceDrawn as SurfaceDrawn
from studio.engine.operating import CarryPlanned as CarryPlanned
from studio.engine.operating import PlanCarry as PlanCarry
from studio.engine.replies import Array as Array
from studio.engine.replies import Checked as Checked
from studio.engine.replies import DataDescribed as DataDescribed
from studio.engine.replies import DataFetched as DataFetched
from studio.engine.replies import Done as Done
from studio.engine.replies import EngineLost as EngineLost
from studio.engine.replies import Exported as Exported
from studio.engine.replies import Failed as Failed
from studio.engine.replies import NetworkImported as NetworkImported
from studio.engine.replies import NetworkOffer as NetworkOffer
from studio.engine.replies import NetworksListed as NetworksListed
from studio.engine.replies import Progress as Progress
from studio.engine.replies import Ready as Ready
from studio.engine.replies import RunStarted as RunStarted
from studio.engine.replies import Summarised as Summarised
from studio.engine.replies import SummaryColumns as SummaryColumns
from studio.engine.replies import TableColumn as TableColumn
from studio.engine.replies import TableRead as TableRead
from studio.engine.replies import Trial as Trial
from studio.engine.replies import Tried as Tried
from studio.engine.replies import WeightsFetched as WeightsFetched
from studio.engine.requests import Cancel as Cancel
from studio.engine.requests import Check as Check
from studio.engine.requests import CheckGradients as CheckGradients
from studio.engine.requests import ControlRun as ControlRun
from studio.engine.requests import DescribeData as DescribeData
from studio.engine.requests import DrawSurface as DrawSurface
from studio.engine.requests import EvaluateRun as EvaluateRun
from studio.engine.requests import Export as Export
from studio.engine.requests import FetchData as FetchData
from studio.engine.requests import FetchWeights as FetchWeights
from studio.engine.requests import FindLr as FindLr
from studio.engine.requests import ImportNetwork as ImportNetwork
from studio.engine.requests import Json as Json
from studio.engine.requests import ListNetworks as ListNetworks
from studio.engine.requests import LookAt as LookAt
from studio.engine.requests import LookInside as LookInside
from studio.engine.requests import PredictFile as PredictFile
from studio.engine.requests import ProfileLayers as ProfileLayers
from studio.engine.requests import ReadTable as ReadTable
from studio.engine.requests import Shutdown as Shutdown
from studio.engine.requests import StartRun as StartRun
from studio.engine.requests import Summarise as Summarise
from studio.engine.requests import Try as Try
from studio.engine.requests import Warm as Warm
from studio.engine.requests import Watch as Watch
from studio.engine.restating import KeepStatistics as KeepStatistics
from studio.engine.restating import StatisticsKept as StatisticsKept
from studio.engine.walks import BoxShown as BoxShown
from studio.engine.walks import CloseSteps as CloseSteps
from studio.engine.walks import Numbers as Numbers
from studio.engine.walks import OpenSteps as OpenSteps
from studio.engine.walks import StepsOpened as StepsOpened
from studio.engine.walks import TakeSteps as TakeSteps
from studio.engine.walks import TensorShown as TensorShown
from studio.runs.records import Live

Request: TypeAlias = (
    Warm
    | Check
    | Try
    | Summarise
    | DescribeData
    | ReadTable
    | LookAt
    | DrawSurface
    | LookInside
    | FetchData
    | Export
    | ListNetworks
    | FetchWeights
    | ImportNetwork
    | FindLr
    | CheckGradients
    | AblateRun
    | ProfileLayers
    | PlanCarry
    | Examine
    | OpenSteps
    | TakeSteps
    | CloseSteps
    | EvaluateRun
    | PredictFile
    | KeepStatistics
    | StartRun
    | ControlRun
    | Watch
    | Cancel
    | Shutdown
)
Task: TypeAlias = (
    FetchData
    | FetchWeights
    | FindLr
    | CheckGradients
    | ProfileLayers
    | Examine
    | EvaluateRun
    | AblateRun
    | PredictFile
    | KeepStatistics
    | LookInside
)
"""What takes long and is done in a thread of its own, with progress, until it is cancelled."""

Reply: TypeAlias = (
    Ready
    | Checked
    | Tried
    | Summarised
    | DataDescribed
    | TableRead
    | LookedAt
    | SurfaceDrawn
    | LookedInside
    | Progress
    | DataFetched
    | Exported
    | NetworksListed
    | WeightsFetched
    | NetworkImported
    | LrFound
    | GradientsChecked
    | RunAblated
    | LayersProfiled
    | CarryPlanned
    | Examined
    | StepsOpened
    | BoxShown
    | RunEvaluated
    | Predicted
    | StatisticsKept
    | RunStarted
    | Done
    | Failed
)
Record: TypeAlias = Request | Reply | Live | EngineLost
