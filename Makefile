# Needs make and Python 3.11 or newer with venv; everything else is fetched from the package registries.
# `make run` starts the product, `make test` tests it. Paths stay relative, so a checkout may lie in a folder with spaces.

PORT ?= 8000
PYTHON ?=
BIN := .venv/bin
# Each process goes on along the files and takes from the other when it has done: what a file plays or loads, one process does once.
PARALLEL := $(BIN)/python -m pytest -q -n auto --dist worksteal
UNIT := $(PARALLEL) -m "not browser"
# A real browser on a busy machine can be late for once: what fails is done once more, from its beginning, and both are told.
BROWSER := $(PARALLEL) -m browser --reruns 1 -r aR

.PHONY: help run demo test unit browser faults check format catalogue clean always

help:
	@echo "make run [PORT=8000]  安装并启动（首次载入演示数据） / install and start; the demo is loaded on the first start"
	@echo "make test             全部测试：SQLite、PostgreSQL、浏览器 / everything: SQLite, PostgreSQL, browser"
	@echo "make unit             只在 SQLite 上并行测试 / the same tests on SQLite only, in parallel"
	@echo "make faults           故障演练：2,000 步，杀进程、重启数据库 / faults on purpose: 2,000 moves, processes killed, database crashed"
	@echo "make check            静态检查 / ruff, mypy, import contracts, migrations, deployment settings"
	@echo "make demo             向空的安装载入演示数据 / load the demo into an empty installation"
	@echo "make catalogue        更新英文词条 / bring the English catalogue up to date with the source"
	@echo "make clean            删除 .venv 与缓存，保留 var/ 中的数据 / remove .venv and caches, keep the data in var/"

run: .venv/.installed
	@exec $(BIN)/huizhen serve --demo-if-empty --port "$(PORT)"

demo: .venv/.installed
	@$(BIN)/huizhen demo

# PostgreSQL, LibreOffice and Chromium are looked for, and installed if need be, before the long part begins.
test: .venv/.installed-dev
	@$(BIN)/python -m tests.pg --find
	@$(BIN)/python -m tests.office
	@$(BIN)/python -m tests.chromium
	@echo "== SQLite"
	@env -u DATABASE_URL $(UNIT)
	@echo "== PostgreSQL"
	@$(BIN)/python -m tests.pg -- $(UNIT) --ignore=tests/config/test_command.py  # brings SQLite installations of its own
	@echo "== Chromium"
	@env -u DATABASE_URL $(BROWSER)

unit: .venv/.installed-dev
	@$(BIN)/python -m tests.office
	@env -u DATABASE_URL $(UNIT)

browser: .venv/.installed-dev
	@$(BIN)/python -m tests.chromium
	@env -u DATABASE_URL $(BROWSER)

# Real processes on loopback, on both databases; a quarter of an hour.
faults: .venv/.installed-dev
	@$(BIN)/python -m tests.pg --find
	@$(BIN)/python -m tests.faults

check: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m tests.deploy

format: .venv/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

catalogue: .venv/.installed-dev
	$(BIN)/python -m tests.catalogue --update

clean:
	rm -rf .venv node_modules src/huizhen/static .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete

# A checkout that was moved keeps scripts of its old place in .venv: make it anew then.
ifneq ($(shell cat .venv/.place 2>/dev/null),$(CURDIR))
.venv/.made: always
endif

.venv/.made:
	@found=; for py in $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11 python); do \
	  if "$$py" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$py"; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo "需要 Python 3.11 或更新版本，没有找到；可用 make run PYTHON=/路径/python3.11 指定。" >&2; \
	  echo "Python 3.11 or newer is needed and was not found; name one with make run PYTHON=/path/to/python3.11." >&2; exit 2; fi; \
	if ! "$$found" -m venv .venv; then \
	  echo "无法建立 .venv：请安装 Python 的 venv 模块（Debian：apt-get install python3-venv）。" >&2; \
	  echo "Cannot make .venv: install Python's venv module (Debian: apt-get install python3-venv)." >&2; exit 2; fi
	@pwd > .venv/.place
	@touch $@

SOURCES := pyproject.toml hatch_build.py package.json package-lock.json assets.toml $(wildcard src/huizhen/locale/*/LC_MESSAGES/*.po)

.venv/.installed: .venv/.made $(SOURCES)
	@echo "正在安装（首次约一两分钟）… / Installing (a minute or two the first time) …"
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --editable .
	@touch $@

.venv/.installed-dev: .venv/.made $(SOURCES)
	@echo "正在安装开发工具（首次约两分钟）… / Installing with development tools (two minutes the first time) …"
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet --editable '.[dev]'
	@touch .venv/.installed $@
