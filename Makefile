# Lắng Nghe. `make run` và `make test` tự cài đặt mọi thứ; `make help` liệt kê các lệnh.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
WORKERS ?= 2
STAMP := $(shell date +%Y%m%d.%H%M)

.PHONY: help run test lint notebooks train report transformers clean

help:  ## danh sách lệnh
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | column -t -s "$$(printf '\t')"

$(VENV)/.core: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[postgres]'
	touch $@

$(VENV)/.dev: $(VENV)/.core
	$(PIP) install --quiet --constraint constraints.txt --editable '.[postgres,train,notebooks,dev]'
	touch $@

$(VENV)/.transformers: $(VENV)/.dev
	$(PIP) install --quiet torch==2.13.0
	$(PIP) install --quiet --constraint constraints.txt --editable '.[transformers]'
	touch $@

run: $(VENV)/.core  ## cài đặt, nạp dữ liệu trình diễn, mở dịch vụ và giao diện (PORT=8000)
	$(BIN)/langnghe serve --demo --port $(PORT)

test: $(VENV)/.dev  ## cài đặt và chạy bộ kiểm thử
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

lint: $(VENV)/.dev  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

transformers: $(VENV)/.transformers  ## thêm torch (CPU) và transformers

train: $(VENV)/.dev  ## huấn luyện lại mô hình đơn thư và phát hiện, thành bản ứng viên
	$(BIN)/langnghe train petitions
	$(BIN)/langnghe train findings

# Một lệnh cho cả vòng của đơn thư, dưới 15 phút: thống kê ngữ liệu, huấn luyện, chấm điểm, thẻ mô hình (models/*/card.md).
report: $(VENV)/.dev  ## thống kê ngữ liệu, huấn luyện bản ứng viên, chấm điểm và viết docs/evaluation-petitions.*
	$(BIN)/langnghe corpus check --counts
	$(BIN)/langnghe train petitions --version $(STAMP)
	$(BIN)/langnghe evaluate petitions --model petitions-$(STAMP)

notebooks: $(VENV)/.dev  ## chạy lại toàn bộ sổ tay (cài thêm torch cho sổ tay 07 nếu tải được)
	$(MAKE) $(VENV)/.transformers || echo "Không cài được torch: bỏ qua sổ tay 07."
	$(BIN)/python -m nlp.training.notebooks

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis
