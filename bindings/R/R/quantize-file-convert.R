#' Converting files of models
#'
#' Writes a file with the tensors of another, of which some are quantized. The new file
#' takes its name at the end; if that is interrupted, the same call goes on where it was.
#'
#' @param file What [quantize_file()] gives.
#' @param path Where to write; `~` stands for the home directory.
#' @param type For GGUF a type of ggml that can be encoded, such as `"q4_k"`. For
#'   safetensors `"int2"` to `"int8"` (symmetric), `"uint2"` to `"uint8"` (with zero points)
#'   or the name of a grid, such as `"nf4"`; see `layout` for what other runtimes have.
#' @param format `"gguf"` or `"safetensors"`; by default as `path` ends.
#' @param include,exclude Shell patterns for names of tensors: quantize these and no
#'   others; leave these as they are. Without `include`, tensors are quantized that have
#'   two dimensions or more and no "norm" in their names.
#' @param importance Path of a file that says how much errors count in each column:
#'   llama.cpp's importance matrix, or a vector of the same name for each tensor. For GGUF, and for
#'   integers and `"e4m3fn"` per group or row in the layouts of other runtimes.
#' @param mode How ggml's blocks are found; see [quantize_ggml_encode()].
#' @param group_size Neighbours of a row that share a scale, in safetensors.
#' @param layout How quantized tensors lie in safetensors: this library's way, or as other
#'   runtimes read matrices named `M.weight`. `"compressed-tensors"` has `"int4"`, `"int8"`,
#'   `"uint4"`, `"uint8"`, `"e4m3fn"` (per row or tensor), `"mxfp4"`, `"mxfp8"` and `"nvfp4"`;
#'   `"int-quantized"`, which is one of compressed-tensors too, `"int8"`; GPTQ integers of 2, 3,
#'   4 and 8 bits; AWQ `"int4"` and `"uint4"`. Without `include`, embeddings, heads and
#'   routers stay as they are, as does what the layout cannot hold. The metadata's key
#'   `quantization_config` says what config.json must.
#' @param granularity What shares a scale in the layouts of other runtimes.
#' @param config Path of the model's config.json. A copy with `quantization_config` goes beside
#'   `path`.
#' @param requantize Whether blocks of a GGUF file are decoded and encoded in another type, with
#'   the errors of both; otherwise they stay as they are.
#' @param overwrite Whether a file that is there is replaced.
#' @param plan_only `TRUE`: say what would be done, and do nothing.
#' @return A data frame with a row for each tensor: `name`; `type` in the new file, such as
#'   `"Q4_K"` or `"int4"`; `action`, `"kept"`, `"decoded"` (to F32, as the format has not its
#'   type) or `"quantized"`; `bytes` in the new file; `error`, the sum of squared
#'   differences to the original, and `square`, the sum of its squares (0 unless quantized);
#'   `reason`, why it is not what was asked for, if it was to be quantized and is not.
#' @examples
#' path <- tempfile(fileext = ".npy")
#' head <- sprintf("%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 32), }")
#' connection <- file(path, "wb")
#' writeBin(c(as.raw(0x93), charToRaw("NUMPY"), as.raw(c(1, 0, 118, 0))), connection)
#' writeBin(charToRaw(head), connection)
#' writeBin(as.numeric(0:31), connection, size = 4, endian = "little")
#' close(connection)
#' quantize_file_convert(quantize_file(path), tempfile(fileext = ".gguf"), "q4_0")
#' @export
quantize_file_convert <- function(file, path, type, format = NULL, include = NULL,
                                  exclude = NULL, importance = NULL, mode = "best",
                                  group_size = 128,
                                  layout = c("quantcal", "compressed-tensors", "gptq", "gptq_v2", "awq",
                                             "int-quantized"),
                                  granularity = c("group", "row", "tensor"), config = NULL,
                                  requantize = FALSE, overwrite = FALSE, plan_only = FALSE) {
  handle <- file_handle(file)
  path <- path.expand(one_text(path, "path"))
  formats <- c("gguf", "safetensors")
  if (is.null(format)) {
    format <- formats[endsWith(path, paste0(".", formats))]
    if (length(format) == 0) {
      refuse("options", sys.call(), "format is NULL, and path ends in neither .gguf nor .safetensors")
    }
  }
  settings <- c(
    choice(format, formats, "format"), choice(mode, c("reference", "best"), "mode"),
    numbers(group_size, "group_size"), flag(overwrite, "overwrite"),
    flag(plan_only, "plan_only"), chosen(layout), chosen(granularity),
    flag(requantize, "requantize")
  )
  paths <- list(importance = importance, config = config)
  for (name in names(Filter(Negate(is.null), paths))) {
    paths[[name]] <- path.expand(one_text(paths[[name]], name))
  }
  found <- .Call(
    C_quantize_file_convert, handle, path, one_text(type, "type"),
    list(texts(include, "include"), texts(exclude, "exclude")), paths, as.double(settings)
  )
  found$action <- c("kept", "decoded", "quantized")[found$action + 1]
  names <- .Call(C_quantize_file_tensors, handle)$name
  data.frame(name = names, found, stringsAsFactors = FALSE)
}

texts <- function(values, name, call = sys.call(sys.parent())) {
  if (!is.null(values) && (!is.character(values) || anyNA(values))) {
    refuse("type", call, "%s must be strings", name)
  }
  as.character(values)
}
