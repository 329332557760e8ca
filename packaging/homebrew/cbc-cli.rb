class CbcCli < Formula
  desc "Command-line of Carbon Black Cloud: Live Response and USB Device Control"
  homepage "@RELEASES@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@RELEASES@/@FILE macos-arm64@"
      sha256 "@SHA256 macos-arm64@"
    end
    on_intel do
      url "@RELEASES@/@FILE macos-x64@"
      sha256 "@SHA256 macos-x64@"
    end
  end

  on_linux do
    on_arm do
      url "@RELEASES@/@FILE linux-arm64@"
      sha256 "@SHA256 linux-arm64@"
    end
    on_intel do
      url "@RELEASES@/@FILE linux-x64@"
      sha256 "@SHA256 linux-x64@"
    end
  end

  conflicts_with "cbc", because: "both install a `cbc` executable"

  def install
    bin.install Dir["cbc-*"].first => "cbc"
    # Downloads are not executable, and Homebrew makes them so only after this method.
    chmod 0755, bin/"cbc"
    # Apple silicon runs nothing without a signature; one without a name will do.
    system "codesign", "--force", "--sign", "-", bin/"cbc" if OS.mac?
    generate_completions_from_executable(bin/"cbc", "completion")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/cbc --version")
  end
end
