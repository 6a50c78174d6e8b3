/** Why a file was not read, in Chinese. A sentence that is newer than this list stays English. */
import { ApiError } from "./api-client.js";

/** @type {[RegExp, string][]} What the service says, and what to say of the file instead. */
const REFUSALS = [
  [/ is empty\. /, "是空文件。请重新导出，确认其中有文字。"],
  [/^The file is empty\. /, "是空文件。请另选文件。"],
  [/ has \d+ MB, more than /, "过大。请去掉图片，或拆分成几个文件。"],
  [/ pages, more than /, "页数过多。请拆分成几个文件。"],
  [/ is (an old Word file|a WPS file|an RTF file|an OFD file|an OpenDocument text|a presentation)\b/, "的格式不支持。请用 Word 或 WPS 打开，另存为 .docx 后再上传。"],
  [/ is (an old Excel file|a WPS sheet|an OpenDocument sheet)\b/, "的格式不支持。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"],
  [/ is a web archive\b/, "是网页存档。请用浏览器打开，另存为 HTML 后再上传。"],
  [/ is an archive\b/, "是压缩包。请解压后逐个上传。"],
  [/ is of a kind that is not read\. /, "的格式不支持。请另存为 .docx、.pdf、.html、.xlsx、.csv、.md 或 .txt。"],
  [/ (is protected by a password|is an encrypted archive|has a password)/, "设有密码。请去掉密码，另存后再上传。"],
  [/ holds (pictures|drawings) of \d+ page\(s\) and no text\. /, "是扫描件，没有文字。请先做文字识别并核对，再上传。"],
  [/ does not say which characters its fonts draw/, "的字体没有文字编码，读不出文字。请重新导出，或做文字识别。"],
  [/ holds no text/, "中没有文字。请打开核对，另存后再上传。"],
  [/ would unpack to /, "解压后异常庞大，未打开。确为正常文件的，请另存或拆分后再上传。"],
  [/ (is not what its ending says|is not a PDF inside|is not a web page)/, "的内容与扩展名不符。请用原程序另存后再上传。"],
  [/ (is damaged|cannot be read)/, "已损坏或不完整。请用原程序打开，另存后再上传。"],
];

/**
 * @param {unknown} error
 * @param {string} name the file's
 */
export function refusalOf(error, name) {
  if (!(error instanceof ApiError)) return error;
  const known = REFUSALS.find(([sentence]) => sentence.test(error.message));
  return known ? new ApiError(error.status, error.type, error.message, `“${name}”${known[1]}`) : error;
}
