from collections.abc import Callable

from checks.energy.meter import Reading, metered, read_clocks


def ticking(*readings: tuple[float, float]) -> Callable[[], Reading]:
    following = iter(readings)

    def clock() -> Reading:
        cpu, wall = next(following)
        return Reading(cpu_s=cpu, wall_s=wall)

    return clock


def test_the_meter_reads_both_clocks_once_before_and_once_after_the_work() -> None:
    done: list[str] = []
    reading = metered(lambda: done.append("work"), ticking((10, 100), (12.5, 104)))
    assert done == ["work"]
    assert reading == Reading(cpu_s=2.5, wall_s=4)


def test_the_clocks_of_this_machine_never_go_back() -> None:
    first, second = read_clocks(), read_clocks()
    assert second.cpu_s >= first.cpu_s
    assert second.wall_s >= first.wall_s
