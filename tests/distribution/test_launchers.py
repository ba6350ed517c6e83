"""Several processes never train alone in silence; one that is rightly alone trains. Without an MPI."""

import sys
from types import SimpleNamespace

import pytest

from numpy_ann import distribution
from numpy_ann.communicator import ALONE, in_place
from numpy_ann.distribution import DataParallel, processes, set_distribution

SEVERAL = [
    {"OMPI_COMM_WORLD_SIZE": "4"},
    {"PMI_SIZE": "4", "PMI_RANK": "0"},
    {"MV2_COMM_WORLD_SIZE": "4"},
    {"SLURM_STEP_NUM_TASKS": "4", "SLURM_NTASKS": "4", "SLURM_PROCID": "0"},  # srun -n 4
]
ALONE_IN = [
    {},
    {"SLURM_NTASKS": "4"},  # the shell that salloc opens
    {"SLURM_NTASKS": "4", "SLURM_PROCID": "0"},  # a script of sbatch
    {"SLURM_NTASKS": "4", "SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"},  # srun -n 1, --interactive
    {
        "PMI_SIZE": "1",
        "PMI_RANK": "0",
        "SLURM_STEP_NUM_TASKS": "2",
    },  # mpiexec -n 1, which srun helps to start
]


@pytest.fixture
def started(monkeypatch):
    """Have the environment of a launcher, and an mpi4py that finds this process alone, or none."""
    for name in (*processes._SIZES, *processes._RANKS, "SLURM_NTASKS", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(processes, "_all", None)
    hook = sys.excepthook

    def started(variables, *, mpi4py):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        world = SimpleNamespace(rank=0, size=1)
        world.Dup = lambda: world
        there = SimpleNamespace(MPI=SimpleNamespace(COMM_WORLD=world))
        monkeypatch.setitem(sys.modules, "mpi4py", there if mpi4py else None)

    yield started
    set_distribution(None)
    assert sys.excepthook is hook


def begin():
    set_distribution(DataParallel())


@pytest.mark.parametrize("variables", SEVERAL, ids=" ".join)
@pytest.mark.parametrize("call", [begin, distribution.initialize])
def test_several_processes_without_mpi4py_are_refused(started, variables, call):
    started(variables, mpi4py=False)
    name = next(iter(variables))
    with pytest.raises(ImportError, match=f'^{name}=4 says that there are several.*"numpy_ann\\[mpi\\]"'):
        call()
    assert in_place() is ALONE


@pytest.mark.parametrize("variables", SEVERAL, ids=" ".join)
@pytest.mark.parametrize("call", [begin, distribution.initialize])
def test_so_are_several_of_which_mpi_knows_nothing(started, variables, call):
    started(variables, mpi4py=True)
    for _ in range(2):  # nor is it forgotten the second time
        with pytest.raises(RuntimeError, match=f"^{next(iter(variables))}=4 says .* finds this one alone"):
            call()


@pytest.mark.parametrize("name", ["PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK", "MPI_LOCALRANKID"])
def test_a_rank_without_a_size_says_that_mpi_must_be_asked(started, name):
    started({name: "0"}, mpi4py=False)
    with pytest.raises(ImportError, match=f"^{name}=0 says that there are several"):
        begin()
    started({name: "0"}, mpi4py=True)
    begin()
    assert in_place().size == 1


@pytest.mark.parametrize("variables", ALONE_IN, ids=lambda variables: " ".join(variables) or "none")
def test_one_that_is_rightly_alone_trains(started, variables):
    started(variables, mpi4py=False)
    begin()
    assert in_place() is ALONE
    with pytest.raises(ImportError, match=r"^Training on several processes needs mpi4py"):
        distribution.initialize()
    started(variables, mpi4py=True)
    distribution.initialize()
    begin()
    assert distribution.distribution().num_processes == 1
